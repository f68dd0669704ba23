/// A position in a text, as an editor shows it.
public struct Mark: Sendable, Hashable, Comparable {
    /// The number of characters (Unicode scalars) before the position.
    public let index: Int
    /// The line, counted from 1.
    public let line: Int
    /// The column in characters, counted from 1.
    public let column: Int

    /// A position with all its coordinates.
    public init(index: Int, line: Int, column: Int) {
        self.index = index
        self.line = line
        self.column = column
    }

    /// Whether one position comes before the other in the same text.
    public static func < (a: Mark, b: Mark) -> Bool { a.index < b.index }
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
}
