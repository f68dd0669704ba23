/// A position in one of several texts, as an editor shows it.
public struct Mark: Sendable, Hashable, Comparable {
    /// Which text it is in: the number that the text was made with.
    public let source: Int
    /// The number of characters (Unicode scalars) before the position.
    public let index: Int
    /// The line, counted from 1.
    public let line: Int
    /// The column in characters, counted from 1.
    public let column: Int

    /// A position with all its coordinates.
    public init(source: Int = 0, index: Int, line: Int, column: Int) {
        self.source = source
        self.index = index
        self.line = line
        self.column = column
    }

    /// Whether one position comes before the other: in the same text, or in a text with a lower number.
    public static func < (a: Mark, b: Mark) -> Bool { (a.source, a.index) < (b.source, b.index) }
}

/// A piece of a text: from its first character up to, but not including, the end mark.
public struct SourceRange: Sendable, Hashable {
    /// Where it begins.
    public let start: Mark
    /// The position after its last character.
    public let end: Mark

    /// The range between two marks.
    public init(start: Mark, end: Mark) {
        self.start = start
        self.end = end
    }

    /// Whether another range of the same text lies in this one.
    public func contains(_ other: SourceRange) -> Bool {
        start.source == other.start.source && start.index <= other.start.index && other.end.index <= end.index
    }
}
