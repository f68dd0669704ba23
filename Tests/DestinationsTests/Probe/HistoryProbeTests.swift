import Destinations
import Support
import TestSupport
import Testing

@Suite("Whether credentials can destroy what is stored")
struct HistoryProbeTests {
    private let able = AbleDestination()

    private func judge(lockPeriod: Duration? = nil) throws -> HistoryReport {
        try HistoryProbe(able, lockPeriod: lockPeriod).run()
    }

    @Test("where nothing keeps what is deleted, that is proven, and nothing is left behind")
    func open() throws {
        able["duplicati-20260101T000000Z.dlist.zip"] = [1]
        let report = try judge()
        #expect(report["delete_proven"]?.isOpen == true)
        #expect(report.judgement == .bad)
        #expect(able.names == ["duplicati-20260101T000000Z.dlist.zip"])
    }

    @Test("where deleted objects stay as versions, they are counted, and the way is closed")
    func hidden() throws {
        able.behaviour.keepsVersions = true
        let report = try judge()
        #expect(report["delete_proven"]?.isOpen == false)
        #expect(report.judgement == .good)
        #expect(report.hiddenVersions?.count == 1)
    }

    @Test("credentials that may not delete cannot destroy anything")
    func appendOnly() throws {
        able.behaviour.rights.remove(.delete)
        let report = try judge()
        #expect(report["delete_proven"]?.isOpen == false)
        #expect(report.judgement == .good)
    }

    @Test("credentials that may not store prove nothing")
    func readOnly() throws {
        able.behaviour.rights = [.list, .get]
        let report = try judge()
        #expect(report["delete_proven"]?.isOpen == .some(nil))
        #expect(report.judgement == .good)
    }

    @Test("what the destination tells counts: one open way is bad, one that nobody can tell of is doubtful")
    func told() throws {
        able.behaviour.keepsVersions = true
        able.behaviour.risks = [
            HistoryRisk("delete", isOpen: false, "versions are kept"),
            HistoryRisk("lift_locks", isOpen: nil, "it does not tell", advice: "Look it up."),
        ]
        #expect(try judge().judgement == .doubtful)
        able.behaviour.risks.append(
            HistoryRisk("change_lifecycle", isOpen: true, "a rule deletes", advice: "Remove it."))
        let report = try judge()
        #expect(report.judgement == .bad)
        #expect(report.risks.map(\.name) == ["delete", "lift_locks", "change_lifecycle", "delete_proven"])
    }

    @Test("locks that the file promises are looked for at what was stored last")
    func promisedLocks() throws {
        able.behaviour.keepsVersions = true
        let month = Duration.seconds(30 * 86_400)
        #expect(try judge(lockPeriod: month)["lock_period"]?.isOpen == .some(nil))
        able["duplicati-20260101T000000Z.dlist.zip"] = [1]
        #expect(try judge(lockPeriod: month)["lock_period"]?.isOpen == true)
        try able.lock("duplicati-20260101T000000Z.dlist.zip", until: able.now + .seconds(86_400), mode: .governance)
        #expect(try judge(lockPeriod: month)["lock_period"]?.isOpen == true)
        try able.lock("duplicati-20260101T000000Z.dlist.zip", until: able.now + month, mode: .governance)
        let report = try judge(lockPeriod: month)
        #expect(report["lock_period"]?.isOpen == false)
        #expect(report.judgement == .good)
    }

    @Test("a folder that this user may write to is open, and says how it could be kept")
    func folder() throws {
        let folder = try TemporaryFolder()
        let report = try HistoryProbe(FileDestination(folder: folder.path)).run()
        #expect(report["delete"]?.isOpen == true)
        #expect(report["delete"]?.advice.contains("destination sync") == true)
        #expect(report.judgement == .bad)
    }

    @Test("what cannot be reached is an error and no judgement")
    func unreachable() {
        able.behaviour.failure = .transient
        #expect(throws: DestinationError.self) { try judge() }
        able.behaviour.failure = nil
        able.behaviour.hasContainer = false
        #expect(throws: DestinationError.self) { try judge() }
        #expect(!able.behaviour.hasContainer)
    }
}
