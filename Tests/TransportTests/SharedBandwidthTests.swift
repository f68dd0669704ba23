import Support
import Testing

@testable import Transport

@Suite("Limits of bandwidth that have a share of one")
struct SharedBandwidthTests {
    private func seconds(_ body: () -> Void) -> Double {
        let begin = ContinuousClock.now
        body()
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    @Test("all pay for what any of them moves, and the lower rate decides")
    func share() {
        let whole = BandwidthLimit(bytesPerSecond: 1_000_000)
        let first = BandwidthLimit(within: whole)
        let second = BandwidthLimit(bytesPerSecond: 10_000_000, within: whole)
        #expect(first.largestStep == whole.largestStep && second.largestStep == whole.largestStep)
        // A tenth of a second is free at the beginning: six tenths of it have to be waited for.
        let together = seconds {
            first.spend(350_000) { false }
            second.spend(350_000) { false }
        }
        #expect(together >= 0.55, "\(together)")
        let slow = BandwidthLimit(bytesPerSecond: 100_000, within: whole)
        #expect(slow.largestStep < whole.largestStep)
        let alone = seconds { slow.spend(50_000) { false } }
        #expect(alone >= 0.35, "\(alone)")
    }

    @Test("a share of a share waits for all that it is within")
    func chain() {
        let whole = BandwidthLimit(bytesPerSecond: 100_000)
        let part = BandwidthLimit(within: BandwidthLimit(within: whole))
        #expect(part.largestStep == whole.largestStep)
        let alone = seconds { part.spend(50_000) { false } }
        #expect(alone >= 0.35, "\(alone)")
    }

    @Test("whoever waits goes on when the rate rises, and at once when asked to stop")
    func change() {
        let whole = BandwidthLimit(bytesPerSecond: 1)
        let part = BandwidthLimit(within: whole)
        var looks = 0
        part.spend(1_000_000) {
            looks += 1
            if looks == 3 { whole.bytesPerSecond = nil }
            return false
        }
        #expect(looks >= 3)
        whole.bytesPerSecond = 1
        looks = 0
        part.spend(1_000_000) {
            looks += 1
            return looks > 2
        }
        #expect(looks > 2)
    }
}
