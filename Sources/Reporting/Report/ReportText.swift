internal import Support

/// A report in words, for those who read messages.
struct ReportText {
    /// One line.
    let title: String
    /// What is behind it, one fact a line.
    let lines: [String]

    /// - Parameters:
    ///   - report: what to tell.
    ///   - limit: how many problems are named.
    ///   - mask: is applied to every text that could hold a secret.
    init(_ report: RunReport, problems limit: Int = 20, masking mask: (String) -> String) {
        title = mask(report.title)
        var lines: [String] = []
        if report.event.isEnd {
            lines.append("Took \(RunReport.span(Int64(report.run.durationSeconds))).")
        }
        if let source = report.source { lines.append(Self.line(source)) }
        lines += report.destinations.map { Self.line($0, of: report.run.kind) }
        if let objective = report.objective, let allowed = objective.allowedSeconds {
            let age = objective.ageSeconds.map { "is \(RunReport.span($0)) old" } ?? "is not there"
            let subject = objective.subject == .proof ? "last good check" : "newest version"
            lines.append("The \(subject) \(age); \(RunReport.span(allowed)) are allowed.")
        }
        for problem in report.problems.prefix(limit) { lines += Self.lines(problem, mask) }
        if report.problems.count > limit {
            lines.append("… and \(Count(report.problems.count - limit, "more problem")).")
        }
        if let next = report.nextRun { lines.append("Next run: \(next.iso8601)") }
        lines += report.log.lines.map(mask)
        self.lines = lines
    }

    private static func line(_ source: RunReport.Source) -> String {
        var line = "\(Count(source.files, "file")), \(ByteCount(source.bytes)); "
        line += "\(source.added) added, \(source.modified) modified, \(source.removed) removed"
        return source.unreadable > 0 ? "\(line), \(source.unreadable) unreadable" : line
    }

    private static func line(_ destination: RunReport.Destination, of kind: RunReport.Run.Kind) -> String {
        var facts = [destination.result.rawValue]
        if kind == .verify, let found = destination.verification {
            facts.append("\(Count(found.sampled, "object")) examined")
            if found.failed > 0 { facts.append("\(found.failed) missing or damaged") }
        }
        if destination.uploadedBytes > 0 { facts.append("\(ByteCount(destination.uploadedBytes)) sent") }
        if let versions = destination.versions { facts.append(Count(versions, "version").description) }
        if destination.deletedVersions > 0 { facts.append("\(destination.deletedVersions) deleted") }
        return "\(destination.name): \(facts.joined(separator: ", "))"
    }

    private static func lines(_ problem: RunReport.Problem, _ mask: (String) -> String) -> [String] {
        let code = problem.code.map { "\($0) " } ?? ""
        let times = problem.count > 1 ? " (\(problem.count) times)" : ""
        return ["\(code)\(problem.severity.rawValue): \(mask(problem.message))\(times)"]
            + problem.sample.map { "  \(mask($0))" }
    }

    /// The lines, cut to so many characters with a word about it.
    func body(limit: Int) -> String { lines.joined(separator: "\n").cut(to: limit) }

    /// Title and lines, cut to so many characters with a word about it.
    func whole(limit: Int) -> String { ([title] + lines).joined(separator: "\n").cut(to: limit) }
}

extension String {
    /// The text with at most so many UTF-16 units, which most services count in; what is cut is said.
    func cut(to limit: Int) -> String {
        guard utf16.count > limit else { return self }
        let end = "\n… (cut)"
        var kept = ""
        var room = limit - end.utf16.count
        for character in self {
            room -= character.utf16.count
            guard room >= 0 else { break }
            kept.append(character)
        }
        return kept + end
    }

    /// The text with at most so many bytes of UTF-8; what is cut is said.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let end = "\n… (cut)"
        var kept = ""
        var room = limit - end.utf8.count
        for character in self {
            room -= character.utf8.count
            guard room >= 0 else { break }
            kept.append(character)
        }
        return kept + end
    }
}
