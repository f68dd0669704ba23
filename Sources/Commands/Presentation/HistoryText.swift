internal import Destinations
internal import JSON

/// What credentials could do to stored history, for people.
struct HistoryText {
    private let report: HistoryReport
    private let name: String?
    private let isQuiet: Bool

    init(_ report: HistoryReport, name: String?, isQuiet: Bool) {
        self.report = report
        self.name = name
        self.isQuiet = isQuiet
    }

    /// The destination, a table of the risks, what to do, and a conclusion.
    var lines: [String] {
        var lines = [PrintableText.escaped(name.map { "\($0): \(report.label)" } ?? report.label)]
        var table = Table([("RISK", .left), ("STATE", .left), ("DETAIL", .left)])
        for risk in report.risks { table.add([risk.name, risk.state, risk.detail]) }
        lines += table.lines
        for risk in report.risks where risk.isOpen != false && !risk.advice.isEmpty {
            lines.append(PrintableText.escaped("\(risk.name): \(risk.advice)"))
        }
        if let hidden = report.hiddenVersions {
            lines.append(
                "\(HumanText.count(hidden.count, "version")) (\(HumanText.size(hidden.bytes))) "
                    + "\(hidden.count == 1 ? "is" : "are") kept that no listing shows.")
        }
        return isQuiet ? lines : lines + [conclusion, ""]
    }

    private var conclusion: String {
        switch report.judgement {
        case .bad: "Whoever has these credentials can destroy what is stored there."
        case .doubtful: "No way was found to destroy what is stored there; what the destination does not tell, look up."
        default: "No way was found to destroy what is stored there."
        }
    }
}

extension HistoryRisk {
    /// Whether the way is open, as a word.
    fileprivate var state: String {
        switch isOpen {
        case true: "open"
        case false: "closed"
        case nil: "unknown"
        }
    }
}

extension HistoryReport {
    /// The report for machines.
    func json(name: String?) -> JSONValue {
        .object([
            .init("name", name.map { .string($0) } ?? .null), .init("destination", .string(label)),
            .init("judgement", .string(judgement.rawValue)),
            .init(
                "risks",
                .array(
                    risks.map { risk in
                        .object([
                            .init("name", .string(risk.name)), .init("open", risk.isOpen.map { .bool($0) } ?? .null),
                            .init("detail", .string(risk.detail)), .init("advice", .string(risk.advice)),
                        ])
                    })),
            .init(
                "hidden_versions",
                hiddenVersions.map {
                    .object([.init("count", .integer(Int64($0.count))), .init("bytes", .integer($0.bytes))])
                } ?? .null),
        ])
    }
}
