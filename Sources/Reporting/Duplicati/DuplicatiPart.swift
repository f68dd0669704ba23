internal import Cryptography
internal import Support

/// A report as Duplicati knows reports: of one job at one destination.
struct DuplicatiPart {
    /// What is told of.
    let report: RunReport
    /// The destination; nil when none was reached.
    let destination: RunReport.Destination?
    /// How many destinations the report has in all.
    let count: Int

    /// What names the message: the report's identifier, and the destination's name where there are several.
    var id: String {
        guard count > 1, let destination else { return report.id }
        return "\(report.id).\(destination.name)"
    }

    /// The job's name, with the destination's in parentheses where there are several: receivers use it as a key.
    var backupName: String {
        let name = report.job?.name ?? report.instance.name
        guard count > 1, let destination else { return name }
        return "\(name) (\(destination.name))"
    }

    /// 64 capital hexadecimal digits that stay when the configuration is edited.
    var backupID: String {
        let parts = [report.instance.id ?? report.instance.name, report.job?.name ?? "", destination?.name ?? ""]
        return Self.digest(parts.joined(separator: "\n")).uppercased()
    }

    /// 32 hexadecimal digits of the installation.
    var machineID: String { String(Self.digest(report.instance.id ?? report.instance.name).prefix(32)) }

    private static func digest(_ text: String) -> String {
        Hex.encode(HashContext(.sha256).hash(Array(text.utf8)).bytes)
    }

    /// How the backup ended there.
    var result: RunReport.Result { destination?.result ?? report.run.result }

    /// `Success`, `Warning`, `Error`, or `Fatal` when there is no version of this run.
    var parsedResult: String {
        switch result {
        case .success: "Success"
        case .warning: "Warning"
        case .failure: destination?.version == nil ? "Fatal" : "Error"
        }
    }

    /// What Duplicati would have as its exception: the errors of a run without a version.
    func exception(_ mask: (String) -> String) -> String? {
        guard parsedResult == "Fatal" else { return nil }
        let errors = problems.filter { $0.severity == .error }.map { mask($0.message) }
        return errors.isEmpty ? mask(report.title) : errors.joined(separator: "\n")
    }

    /// The problems that concern this destination: those of others have the other's name before them.
    var problems: [RunReport.Problem] {
        guard count > 1, let destination else { return report.problems }
        let others = report.destinations.map(\.name).filter { $0 != destination.name }
        return report.problems.filter { problem in !others.contains { problem.message.hasPrefix("\($0): ") } }
    }

    /// How many lines of the log Duplicati sends unless told otherwise.
    static let maximumLines = 100

    /// The problems as lines of Duplicati's log, and after them the run's own log where it goes along.
    func logLines(_ mask: (String) -> String) -> [String] {
        let time = report.run.finished.duplicatiLogTime
        var lines: [String] = []
        for problem in problems {
            let level = problem.severity == .error ? "Error" : "Warning"
            let times = problem.count > 1 ? " (\(problem.count) times)" : ""
            let paths = problem.sample.isEmpty ? "" : ": \(problem.sample.map(mask).joined(separator: ", "))"
            lines.append(
                "\(time) - [\(level)-Dunnage-\(problem.code ?? "Problem")]: \(mask(problem.message))\(times)\(paths)")
        }
        lines += report.log.lines.map(mask)
        guard lines.count > Self.maximumLines else { return lines }
        return lines.prefix(Self.maximumLines) + ["... and \(lines.count - Self.maximumLines) more"]
    }
}

extension RunReport {
    /// The report in Duplicati's parts: one for each destination; none for what Duplicati has no word for.
    var duplicatiParts: [DuplicatiPart] { duplicatiParts(withStart: false) }

    /// The report in Duplicati's parts, and that of a run's beginning where it is told of.
    func duplicatiParts(withStart: Bool) -> [DuplicatiPart] {
        guard event.isEnd || (withStart && event == .start) else { return [] }
        guard !destinations.isEmpty else { return [DuplicatiPart(report: self, destination: nil, count: 0)] }
        return destinations.map { DuplicatiPart(report: self, destination: $0, count: destinations.count) }
    }
}
