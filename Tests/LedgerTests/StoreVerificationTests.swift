import Ledger
import Support
import Testing

@Suite("When stores were read back")
struct StoreVerificationTests {
    @Test("the last time is remembered of every store, and the last one that found nothing wrong")
    func remembered() throws {
        let ledger = try Ledger(path: nil)
        func verified(_ job: String, _ destination: String, _ seconds: Int64, _ isGood: Bool) throws {
            try ledger.verified(job, at: destination, Timestamp(seconds: seconds), isGood: isGood)
        }
        #expect(try ledger.verifications() == [])
        try verified("b", "disk", 5, false)
        try verified("a", "disk", 10, true)
        try verified("a", "away", 20, true)
        try verified("a", "disk", 30, false)
        let known = try ledger.verifications()
        #expect(known.map(\.job) == ["a", "a", "b"] && known.map(\.destination) == ["away", "disk", "disk"])
        #expect(known.map(\.last.seconds) == [20, 30, 5] && known.map(\.good?.seconds) == [20, 10, nil])
        try verified("b", "disk", 40, true)
        #expect(try ledger.verifications().last?.good == Timestamp(seconds: 40))
    }
}
