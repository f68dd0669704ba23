/// How much a document may ask of its reader.
public struct YAMLLimits: Sendable, Hashable {
    /// The longest text, in characters.
    public var characters: Int
    /// The deepest nesting of lists and mappings.
    public var depth: Int
    /// The longest key of a mapping, in characters.
    public var key: Int
    /// The most lines that begin with `%`, which are directives where they stand before the document.
    public var directives: Int
    /// The most values, those that aliases repeat counted each time.
    public var nodes: Int

    /// Limits far above any configuration written by people, unless told.
    public init(
        characters: Int = 4 << 20, depth: Int = 64, key: Int = 1024, directives: Int = 64, nodes: Int = 100_000
    ) {
        self.characters = characters
        self.depth = depth
        self.key = key
        self.directives = directives
        self.nodes = nodes
    }
}
