/// One of several equal parts that work is divided into, by the names of things.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// More than anybody has machines for.
    public static let most = 1000

    /// Which part: 0 to ``count`` - 1.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// A part; nil when there are not that many.
    public init?(_ index: Int, of count: Int) {
        guard (1...Self.most).contains(count), (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `0/8` to `7/8`.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let index = Int(parts[0]), let count = Int(parts[1])
        else { return nil }
        self.init(index, of: count)
    }

    /// As it is written on a command line: `3/8`.
    public var description: String { "\(index)/\(count)" }

    /// The part of a path that tells it from the others: `3-of-8`.
    public var pathComponent: String { "\(index)-of-\(count)" }

    /// Whether something of that name belongs to it; every name belongs to exactly one part.
    public func takes(_ name: some Sequence<UInt8>) -> Bool {
        StableHash.of(bytes: name) % UInt64(count) == UInt64(index)
    }
}
