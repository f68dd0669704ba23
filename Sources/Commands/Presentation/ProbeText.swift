internal import Destinations
internal import JSON
internal import Support

/// What a probe of a destination came to, for people.
struct ProbeText {
    private let report: ProbeReport
    private let name: String?
    private let isQuiet: Bool

    init(_ report: ProbeReport, name: String?, isQuiet: Bool) {
        self.report = report
        self.name = name
        self.isQuiet = isQuiet
    }

    /// The destination, a table of what was tried, what to do, and a conclusion.
    var lines: [String] {
        var lines = [PrintableText.escaped(name.map { "\($0): \(report.label)" } ?? report.label)]
        var table = Table([("CHECK", .left), ("RESULT", .left), ("TIME", .right), ("DETAIL", .left)])
        for finding in report.findings {
            let time = finding.duration.map { Self.time($0) } ?? "-"
            table.add([finding.name, finding.judgement.rawValue, time, finding.detail])
        }
        lines += table.lines
        for finding in report.findings where !finding.advice.isEmpty {
            lines.append(PrintableText.escaped("\(finding.name): \(finding.advice)"))
        }
        if report["container"]?.error?.kind == .missingContainer {
            lines.append("container: Add --create to have it made.")
        }
        guard !isQuiet else { return lines }
        let trip = report.roundTrip.map { " Round trip: \(Self.time($0))." } ?? ""
        return lines + [conclusion + trip, ""]
    }

    private var conclusion: String {
        let missing = report.missingRights
        guard missing.isEmpty else {
            return "The credentials lack \(missing.count == 1 ? "a right" : "rights"): "
                + "\(missing.map(\.rawValue).joined(separator: ", "))."
        }
        let isWritten = report["put"]?.judgement == .good
        switch report.judgement {
        case .bad: return "Backups cannot work there as it is."
        case .doubtful: return "It works, but look at what is doubtful."
        default: return isWritten ? "Everything that a backup does works." : "It can be read."
        }
    }

    /// A time as in `0.4 ms`, `12 ms` and, from a second on, as durations are.
    static func time(_ duration: Duration) -> String {
        guard duration < .seconds(1) else { return HumanText.duration(duration) }
        let tenths = Int(duration / .microseconds(100))
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) ms" : "\(tenths / 10) ms"
    }
}

extension ProbeReport {
    /// The report for machines.
    func json(name: String?) -> JSONValue {
        .object([
            .init("name", name.map { .string($0) } ?? .null), .init("destination", .string(label)),
            .init("judgement", .string(judgement.rawValue)),
            .init("missing_rights", .array(missingRights.map { .string($0.rawValue) })),
            .init("round_trip_seconds", roundTrip.map { .number($0.inSeconds) } ?? .null),
            .init("checks", .array(findings.map(\.json))),
        ])
    }
}

extension ProbeFinding {
    /// The finding for machines.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("judgement", .string(judgement.rawValue)),
            .init("detail", .string(detail)),
        ]
        if !advice.isEmpty { members.append(.init("advice", .string(advice))) }
        if let missingRight { members.append(.init("missing_right", .string(missingRight.rawValue))) }
        if let error { members.append(.init("error", .string(error.kind.rawValue))) }
        members.append(.init("seconds", duration.map { .number($0.inSeconds) } ?? .null))
        return .object(members)
    }
}

extension Duration {
    /// As a number of seconds, to the microsecond.
    fileprivate var inSeconds: Double { Double(Int64(self / .microseconds(1))) / 1e6 }
}
