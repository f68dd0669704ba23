import Ledger
import Support
import Testing

@Suite("Versions in quarantine")
struct QuarantineTests {
    private func quarantine(_ job: String, at time: Int64) -> Quarantine {
        Quarantine(
            job: job, destination: "disk", run: "run-\(time)", version: Timestamp(seconds: time),
            since: Timestamp(seconds: time), findings: ["/source has 1 file", "/source lost 9 of 10 files"])
    }

    @Test("are there until somebody acknowledges them, for their job alone")
    func acknowledged() throws {
        let ledger = try Ledger(path: nil)
        for (job, time) in [("b", 10), ("a", 20), ("a", 30)] as [(String, Int64)] {
            try ledger.quarantine(quarantine(job, at: time))
        }
        #expect(try ledger.quarantinedJobs() == ["a", "b"])
        #expect(try ledger.quarantines(of: "a") == [quarantine("a", at: 20), quarantine("a", at: 30)])
        let ended = try ledger.acknowledge("a", reason: "the archive was moved", at: Timestamp(seconds: 99))
        #expect(ended == [quarantine("a", at: 20), quarantine("a", at: 30)])
        #expect(try ledger.quarantinedJobs() == ["b"])
        let kept = try ledger.acknowledgements(of: "a")
        #expect(kept.map { $0.quarantine.since.seconds } == [30, 20])
        #expect(kept.first?.reason == "the archive was moved" && kept.first?.time.seconds == 99)
        #expect(try ledger.acknowledge("a", reason: nil, at: Timestamp(seconds: 100)).isEmpty)
    }

    @Test("outlive the process, and so does what has to be taken back")
    func persistence() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/ledger.sqlite"
        try Ledger(path: path).quarantine(quarantine("a", at: 1))
        let number = try Ledger(path: path).journalUndo(
            run: "r", job: "a", hook: "h", action: "{}", at: Timestamp(seconds: 5))
        let ledger = try Ledger(path: path)
        #expect(try ledger.quarantines() == [quarantine("a", at: 1)])
        #expect(try ledger.pendingUndos().map { $0.id } == [number])
        #expect(try ledger.pendingUndos(of: "other").isEmpty)
    }
}
