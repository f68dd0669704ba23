import Jobs
import Support
import Testing

@Suite("Run identifiers")
struct RunIdentifierTests {
    /// A reproducible sequence.
    struct Sequence: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("they are 26 characters of Crockford's base 32, and the time comes first")
    func form() {
        var zero = Sequence(state: 0)
        let known = RunIdentifier(at: Timestamp(seconds: 1_469_918_176, nanoseconds: 385_000_000), using: &zero)
        // The time part of the example in the ULID specification.
        #expect(known.description.hasPrefix("01ARYZ6S41"))
        #expect(known.description.utf8.count == 26)
        let alphabet = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        #expect(known.description.allSatisfy { alphabet.contains($0) })
    }

    @Test("later runs sort behind earlier ones")
    func order() {
        let seed = UInt64.random(in: .min ... .max)
        var random = Sequence(state: seed)
        var times = (0..<500).map { _ in
            Timestamp(
                seconds: Int64.random(in: 0...4_000_000_000, using: &random),
                nanoseconds: Int32.random(in: 0..<1000, using: &random) * 1_000_000)
        }
        times = Array(Set(times)).sorted()
        let identifiers = times.map { RunIdentifier(at: $0, using: &random) }
        #expect(identifiers == identifiers.sorted(), "seed \(seed)")
        #expect(identifiers.map(\.description) == identifiers.map(\.description).sorted(), "seed \(seed)")
    }

    @Test("two runs in one millisecond differ")
    func unique() {
        let now = Timestamp.now()
        let identifiers = Set((0..<1000).map { _ in RunIdentifier(at: now) })
        #expect(identifiers.count == 1000)
    }

    @Test("a clock before 1970 or after all time does no harm")
    func extremes() {
        #expect(RunIdentifier(at: Timestamp(seconds: -5)).description.hasPrefix("0000000000"))
        #expect(RunIdentifier(at: Timestamp(seconds: 1 << 50)).description.hasPrefix("7ZZZZZZZZZ"))
    }
}
