import Testing

@testable import Engine

@Suite("Times that tell of a change")
struct ChangeTimeTests {
    private let started: Int64 = 1_700_000_000_200_000_000

    @Test("a file that changed well before the run is settled")
    func settled() {
        let changed = started - 11_000_000
        #expect(ChangeTime.settled(modified: changed, changed: changed, started: started) == changed)
    }

    @Test("a file that changed within a tick of the clock before the run, or later, is not")
    func unsettled() {
        for age in [Int64(9_000_000), 0, -5] {
            let changed = started - age
            #expect(ChangeTime.settled(modified: 5, changed: changed, started: started) == -1)
            #expect(ChangeTime.settled(modified: min(changed, started), changed: 5, started: started) == -1)
        }
    }

    @Test("where all times are whole seconds, two seconds must have passed")
    func coarse() {
        let second = started / 1_000_000_000 * 1_000_000_000
        #expect(ChangeTime.settled(modified: second, changed: second, started: started) == -1)
        #expect(ChangeTime.settled(modified: second - 1_000_000_000, changed: 0, started: started) == -1)
        let old = second - 2_000_000_000
        #expect(ChangeTime.settled(modified: old, changed: old, started: started) == old)
    }

    @Test("a modification time in the future does not matter; the change time does")
    func future() {
        let changed = started - 60_000_000_000
        #expect(ChangeTime.settled(modified: .max, changed: changed, started: started) == changed)
        #expect(ChangeTime.settled(modified: .max, changed: started, started: started) == -1)
    }
}
