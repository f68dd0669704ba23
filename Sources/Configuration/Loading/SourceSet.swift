internal import YAML

/// The texts that a configuration is made of, by the number that their marks carry.
struct SourceSet: Sendable {
    /// One text.
    struct Source: Sendable {
        /// What diagnostics call it.
        let name: String
        let kind: Origin.Kind
        /// Absent when it could not be read.
        var text: SourceText?
        /// The absolute path that relative paths in it start from.
        let folder: String
        /// What no message may show of it.
        var hidden = HiddenText()

        /// Whether a line number means something to people.
        var hasLines: Bool { kind != .environment && kind != .flag }
    }

    private(set) var all: [Source] = []

    /// Adds a text.
    /// - Returns: its number.
    mutating func add(_ name: String, _ kind: Origin.Kind, folder: String) -> Int {
        all.append(Source(name: name, kind: kind, text: nil, folder: folder))
        return all.count - 1
    }

    mutating func set(_ text: SourceText?, _ hidden: HiddenText = HiddenText(), for number: Int) {
        all[number].text = text
        all[number].hidden = hidden
    }

    /// Shows nothing of a text from a position on.
    mutating func hide(_ start: Int, in number: Int) {
        guard let text = all[number].text else { return }
        set(text, HiddenText(min(start, text.characters.count)..<text.characters.count), for: number)
    }

    subscript(_ range: SourceRange) -> Source { all[range.start.source] }

    /// The characters of a range.
    func characters(_ range: SourceRange) -> ArraySlice<Unicode.Scalar> {
        self[range].text?.characters[range.start.index..<range.end.index] ?? []
    }

    /// The place that `part` has within a text's range.
    func range(_ source: Int, _ start: Int, _ end: Int) -> SourceRange {
        all[source].text?.range(start, end) ?? Self.beginning(of: source)
    }

    /// The first position of a text, whether or not it could be read.
    static func beginning(of source: Int) -> SourceRange {
        let start = Mark(source: source, index: 0, line: 1, column: 1)
        return SourceRange(start: start, end: start)
    }

    /// The place in words: `dunnage.yaml:12`, or the name of a variable or flag.
    func place(of range: SourceRange) -> String {
        let source = self[range]
        return source.hasLines ? "\(source.name):\(range.start.line)" : source.name
    }

    /// The place in words, with the column.
    func exactPlace(of range: SourceRange) -> String {
        let source = self[range]
        return source.hasLines ? "\(source.name):\(range.start.line):\(range.start.column)" : source.name
    }

    func origin(of range: SourceRange, through: String? = nil) -> Origin {
        let source = self[range]
        guard source.hasLines else { return Origin(source.kind, source.name, through: through) }
        return Origin(
            source.kind, source.name, line: range.start.line, column: range.start.column, through: through)
    }

    /// A finding with its line and name, fit to be shown.
    func diagnostic(_ finding: Finding) -> Diagnostic {
        let source = self[finding.range]
        return DiagnosticFormatter(
            file: source.name, source: source.text, hidden: source.hidden, hasLines: source.hasLines
        ).diagnostic(finding)
    }
}

extension Origin.Kind {
    /// Who can read a credential that is written in such a place.
    var exposure: String {
        switch self {
        case .file, .include, .standardInput, .default:
            "it will be readable in git history and to everybody who can read the file"
        case .environment: "it is readable in the environment of the process, and of what starts it"
        case .flag: "it is readable in the list of processes, and in the history of the shell"
        }
    }
}
