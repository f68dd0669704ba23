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
        var builder = TreeBuilder(source: source, limits: limits)
        root = builder.document()
        problems = builder.problems
    }
}
