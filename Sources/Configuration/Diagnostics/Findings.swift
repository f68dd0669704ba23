internal import YAML

/// A problem at a place of the source, before it is made fit to be shown.
struct Finding {
    let code: DiagnosticCode
    let message: String
    let range: SourceRange
    var notes: [String] = []
    var help: [String] = []
    /// Tells apart problems of one kind at one place: the key that is missing.
    var subject = ""
}

/// The problems found so far: each once, however often the place is looked at through aliases or `defaults`.
struct Findings {
    private struct Identity: Hashable {
        let code: DiagnosticCode
        let start: Mark
        let subject: String
    }

    /// More are made by no hand; a file could have them in millions.
    private static let most = 10_000
    /// Longer messages and notes quote a text that is not what it should be.
    private static let longest = 700

    private var seen: Set<Identity> = []
    private(set) var all: [Finding] = []

    mutating func add(_ finding: Finding) {
        let identity = Identity(code: finding.code, start: finding.range.start, subject: finding.subject)
        // A value with a wrong tag, which stands a space before it, has no right type either.
        let tag = Identity(code: .tag, start: identity.start, subject: "")
        if finding.code == .tag {
            let end = finding.range.end
            let value = Mark(source: end.source, index: end.index + 1, line: end.line, column: end.column + 1)
            seen.insert(Identity(code: .tag, start: value, subject: ""))
        }
        guard finding.code != .wrongType || !seen.contains(tag), all.count <= Self.most,
            seen.insert(identity).inserted
        else { return }
        guard all.count < Self.most else {
            all.append(
                Finding(
                    code: .limit, message: "there are more than \(Self.most) problems; the rest is not shown",
                    range: finding.range))
            return
        }
        all.append(
            Finding(
                code: finding.code, message: Self.shortened(finding.message), range: finding.range,
                notes: finding.notes.map { Self.shortened($0) }, help: finding.help.map { Self.shortened($0) },
                subject: finding.subject))
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count > longest ? String(text.prefix(longest)) : text
    }

    /// The problems by text and position; those at one position in the order they were found.
    func sorted() -> [Finding] {
        all.enumerated().sorted { a, b in
            (a.element.range.start, a.offset) < (b.element.range.start, b.offset)
        }.map { $0.element }
    }
}
