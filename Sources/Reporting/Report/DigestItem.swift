public import JSON
public import Support

/// What is kept of a report until a digest tells of it, masked.
public struct DigestItem: Sendable, Hashable {
    /// The report's title.
    public let title: String
    /// How the run ended, or how bad the news is.
    public let result: RunReport.Result
    /// When it happened.
    public let time: Timestamp
    /// What is behind it, one fact a line.
    public let lines: [String]

    /// What is to be kept of a report.
    /// - Parameters:
    ///   - report: the report.
    ///   - mask: is applied to every text that could hold a secret.
    public init(_ report: RunReport, masking mask: (String) -> String = { $0 }) {
        let text = ReportText(report, masking: mask)
        title = text.title
        result = report.level == .bad ? .failure : report.level == .warning ? .warning : .success
        time = report.run.finished
        lines = text.lines.map { $0.cut(to: 500) }
    }

    /// It as JSON.
    public var json: JSONValue {
        .object([
            .init("title", .string(title)), .init("result", .string(result.rawValue)),
            .init("time", .integer(time.seconds)), .init("lines", .array(lines.map { .string($0) })),
        ])
    }

    /// What was kept; nil when it is of another make.
    public init?(json: JSONValue) {
        guard let title = json["title"]?.string,
            let result = json["result"]?.string.flatMap({ RunReport.Result(rawValue: $0) }),
            let time = json["time"]?.integer, let lines = json["lines"]?.array
        else { return nil }
        self.title = title
        self.result = result
        self.time = Timestamp(seconds: time)
        self.lines = lines.compactMap(\.string)
    }
}

extension RunReport {
    /// A report that tells of several.
    /// - Parameters:
    ///   - items: what it tells of, oldest first; at least one.
    ///   - id: what names it.
    ///   - instance: the installation.
    ///   - now: when it is made.
    public init(digestOf items: [DigestItem], id: String, instance: Instance, at now: Timestamp) {
        let worst = items.map(\.result).max() ?? .success
        let counts = Result.allCases.reversed().compactMap { result -> String? in
            let count = items.count { $0.result == result }
            guard count > 0 else { return nil }
            switch result {
            case .success: return "\(count) good"
            case .warning: return Self.counted(count, "warning")
            case .failure: return Self.counted(count, "failure")
            }
        }
        let lines = items.flatMap { item in
            ["\(item.time.iso8601) \(item.title)"] + item.lines.map { "    \($0)" }
        }
        self.init(
            instance: instance,
            run: .init(
                id: id, trigger: .schedule, started: items.first?.time ?? now, finished: now, result: worst,
                exitCode: 0),
            log: .init(detail: .all, lines: lines), event: .digest,
            headline: "\(instance.name): \(Self.counted(items.count, "report")), \(counts.joined(separator: ", "))")
    }
}
