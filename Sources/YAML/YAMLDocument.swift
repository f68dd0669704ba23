/// A YAML file read as a tree whose values know their places.
public struct YAMLDocument: Sendable {
    /// The text it was read from.
    public let source: SourceText
    /// The tree; absent when the file is empty or its grammar is broken.
    public let root: Node?
    /// Everything wrong with the file as YAML, in the order of discovery.
    public let problems: [YAMLProblem]

    /// Reads one document; never fails as a whole, so that every problem can be shown at once.
    public init(parsing source: SourceText, limits: YAMLLimits = YAMLLimits()) {
        self.source = source
        guard source.characters.count <= limits.characters else {
            let start = source.range(0, 0)
            let message =
                "the file has \(source.characters.count) characters, more than the limit of \(limits.characters)"
            root = nil
            problems = [YAMLProblem(.limit, message, at: start)]
            return
        }
        // libyaml compares each tag directive with all before it, and tells nothing until it has read the last.
        let directives = (1...source.lineCount).lazy.map { source.line($0).lowerBound }.filter { start in
            start < source.characters.count && source.characters[start] == "%"
        }
        if let start = directives.dropFirst(limits.directives).first {
            root = nil
            problems = [
                YAMLProblem(
                    .limit, "more than \(limits.directives) lines begin with `%`", at: source.range(start, start + 1))
            ]
            return
        }
        var builder = TreeBuilder(source: source, limits: limits)
        root = builder.document()
        problems = builder.problems
    }
}
