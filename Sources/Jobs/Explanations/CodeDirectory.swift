public import Configuration
internal import Engine
internal import Support

/// Every code that the program shows to anybody, with its explanation.
public enum CodeDirectory {
    /// A code as it is shown, and what it means.
    public struct Entry: Sendable, Hashable {
        /// `E021`, `W201`, `78`.
        public let code: String
        /// What it means.
        public let explanation: Explanation
    }

    /// The codes of a kind.
    public struct Section: Sendable, Hashable {
        /// What the codes have in common.
        public let title: String
        /// Where they are met.
        public let summary: String
        /// The codes, in order.
        public let entries: [Entry]
    }

    /// All codes.
    public static let sections = [
        Section(
            title: "Configuration",
            summary: "`dunnage validate` shows these, and every command that reads a configuration.",
            entries: DiagnosticCode.allCases.compactMap { code in
                DiagnosticCode.explanation(of: code).map { Entry(code: code.rawValue, explanation: $0) }
            }),
        Section(
            title: "Problems of a run",
            summary: "These concern one path or object; the run goes on. They are in the log and in the report.",
            entries: (Problem.Code.allCases.map { Entry(code: $0.rawValue, explanation: $0.explanation) }
                + [Entry(code: UndeliveredReports.code, explanation: UndeliveredReports.explanation)])
                .sorted { $0.code < $1.code }),
        Section(
            title: "Failures of a run",
            summary: "These end a run. They are in the log and in the report.",
            entries: Failure.Code.allCases.map { Entry(code: $0.rawValue, explanation: $0.explanation) }),
        Section(
            title: "Exit codes", summary: "What the process returns.",
            entries: ExitCode.allCases.map { Entry(code: "\($0.rawValue)", explanation: $0.explanation) }),
    ]

    /// The entry of a code, which may be written in lower case.
    public static func entry(of code: String) -> Entry? {
        sections.lazy.flatMap { $0.entries }.first { $0.code == code.uppercased() }
    }

    /// Whether a text looks like a code, known or not: a letter and three digits, or a number.
    public static func looksLikeCode(_ text: String) -> Bool {
        let digits = text.first?.isLetter == true ? text.dropFirst() : text[...]
        let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
        return isNumber && digits.count <= 3 && (digits.count == 3 || digits.count == text.count)
    }

    /// The known code that is closest to one that is not known.
    public static func similar(to code: String) -> String? {
        guard code.utf8.count <= 8 else { return nil }
        return EditDistance.suggestion(for: code.uppercased(), among: sections.flatMap { $0.entries }.map { $0.code })
    }
}
