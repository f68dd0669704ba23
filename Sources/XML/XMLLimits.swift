/// How much of a document is accepted, so that a hostile one costs little.
public struct XMLLimits: Sendable, Hashable {
    /// How deep elements may be nested; the outermost counts as 1.
    public var depth: Int
    /// The most bytes that are kept at a time: of the names and texts of elements that are not handed out yet, and of
    /// a piece of markup that has not ended.
    public var kept: Int

    /// Limits; the usual ones have room for anything that an object store answers.
    public init(depth: Int = 32, kept: Int = 1 << 20) {
        self.depth = depth
        self.kept = kept
    }
}
