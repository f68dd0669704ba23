public import Support

/// The identifier of a run: 26 characters that sort by time and are never used twice.
///
/// 48 bits of milliseconds since 1970 and 80 random bits in Crockford's base 32, as ULIDs are written.
public struct RunIdentifier: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The 26 characters.
    public let description: String

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The identifier of a run that begins at a moment.
    public init(at time: Timestamp, using generator: inout some RandomNumberGenerator) {
        let milliseconds = max(0, time.seconds) * 1000 + Int64(time.nanoseconds) / 1_000_000
        let clamped = UInt64(min(milliseconds, 1 << 48 - 1))
        let random = (generator.next() as UInt64, generator.next() as UInt64)
        var characters: [UInt8] = []
        characters.reserveCapacity(26)
        for shift in stride(from: 45, through: 0, by: -5) { characters.append(Self.digit(clamped >> shift)) }
        for half in [random.0, random.1] {
            for shift in stride(from: 35, through: 0, by: -5) { characters.append(Self.digit(half >> shift)) }
        }
        description = String(decoding: characters, as: UTF8.self)
    }

    /// The identifier of a run that begins at a moment.
    public init(at time: Timestamp) {
        var generator = SystemRandomNumberGenerator()
        self.init(at: time, using: &generator)
    }

    private static func digit(_ bits: UInt64) -> UInt8 { alphabet[Int(bits & 31)] }

    /// Whether one run began before the other, or in the same millisecond and at random.
    public static func < (a: RunIdentifier, b: RunIdentifier) -> Bool {
        a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
    }
}
