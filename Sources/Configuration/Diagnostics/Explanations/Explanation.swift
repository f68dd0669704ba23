/// What a code means, for whoever looks it up.
public struct Explanation: Sendable, Hashable {
    /// One sentence, as in the tables of the documentation.
    public let title: String
    /// Paragraphs: why it is so, and what to do about it.
    public let text: String
    /// A part of a file that has the problem, when a file can show it.
    public let wrong: ExampleFile?
    /// The same part as it should be.
    public let right: ExampleFile?

    /// An explanation from its parts.
    public init(_ title: String, _ text: String, wrong: ExampleFile? = nil, right: ExampleFile? = nil) {
        self.title = title
        self.text = text
        self.wrong = wrong
        self.right = right
    }

    /// The explanation as it is printed for a code.
    public func render(for code: String) -> String {
        var parts = ["\(code): \(title)", text]
        for (heading, example) in [("Wrong", wrong), ("Right", right)] {
            guard let example else { continue }
            let lines = example.text.split(separator: "\n", omittingEmptySubsequences: false)
            let indented = lines.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
            parts.append("\(heading)\(example.remark.map { ", \($0)" } ?? ""):\n\n\(indented)")
        }
        let text = parts.joined(separator: "\n\n") + "\n"
        return wrong?.answer(to: code).map { "\(text)\nThe answer to the wrong one:\n\n\($0)" } ?? text
    }
}

extension DiagnosticCode {
    /// What a code means; every code has an explanation.
    public static func explanation(of code: DiagnosticCode) -> Explanation? { all[code] }

    private static let all: [DiagnosticCode: Explanation] = [
        fileExplanations, shapeExplanations, valueExplanations, referenceExplanations, logicExplanations,
        secretExplanations, hygieneExplanations, severalFilesExplanations, languageExplanations,
    ].reduce(into: [:]) { all, range in all.merge(range) { first, _ in first } }
}
