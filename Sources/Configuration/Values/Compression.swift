/// How hard volumes are compressed.
public struct Compression: Sendable, Hashable, CustomStringConvertible {
    /// The words a configuration may use, from fast to small.
    public static let words: [(word: String, level: Int)] = [("none", 0), ("fast", 1), ("balanced", 6), ("best", 12)]

    /// 0 stores without compressing; 1 is fastest, 2 the default, 12 packs best.
    public let level: Int

    /// A level of 0 to 12.
    public init?(level: Int) {
        guard (0...12).contains(level) else { return nil }
        self.level = level
    }

    /// Reads a word (`none`, `fast`, `balanced`, `best`) or a number of 0 to 12.
    public init?(parsing text: String) {
        guard let level = Self.words.first(where: { $0.word == text })?.level ?? Int(text) else { return nil }
        self.init(level: level)
    }

    /// The word, or the number where there is none.
    public var description: String {
        Self.words.first { $0.level == level }?.word ?? "\(level)"
    }
}
