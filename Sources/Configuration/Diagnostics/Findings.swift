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

    private var seen: Set<Identity> = []
    private(set) var all: [Finding] = []

    mutating func add(_ finding: Finding) {
        let identity = Identity(code: finding.code, start: finding.range.start, subject: finding.subject)
        let tag = Identity(code: .tag, start: identity.start, subject: "")
        // A value with a wrong tag has no right type either.
        guard finding.code != .wrongType || !seen.contains(tag), seen.insert(identity).inserted else { return }
        all.append(finding)
    }

    /// The problems by text and position; those at one position in the order they were found.
    func sorted() -> [Finding] {
        all.enumerated().sorted { a, b in
            (a.element.range.start, a.offset) < (b.element.range.start, b.offset)
        }.map { $0.element }
    }
}
