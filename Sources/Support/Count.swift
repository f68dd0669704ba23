/// A number of things in words: `1 file`, `2 files`, `0 entries`.
public struct Count: Sendable, Hashable, CustomStringConvertible {
    /// How many there are.
    public let number: Int64
    private let noun: String

    /// A number of things.
    /// - Parameters:
    ///   - number: how many there are.
    ///   - one: what one of them is called: `block`.
    ///   - many: what several are called, unless that is the same with an `s`: `entries`.
    public init(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) {
        self.number = Int64(clamping: number)
        noun = number == 1 ? one : many ?? "\(one)s"
    }

    /// The number and the word.
    public var description: String { "\(number) \(noun)" }

    /// The words, and a verb behind them that agrees: `1 block is`, `2 blocks are`.
    public func with(_ one: String, _ many: String) -> String { "\(self) \(number == 1 ? one : many)" }
}
