import Configuration
import Engine
import Foundation
import Jobs
import Support
import Testing

extension PlanTests {
    @Test("the versions that a tighter retention deletes are named with their dates and bytes; nothing is changed")
    func retention() throws {
        try makeVersions(5)
        let before = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").sorted()
        let plan = try plan(text(), text(("keep_versions: 20", "keep_versions: 3")))
        let effect = try #require(only(plan).retention.first)
        guard case .versions(let deletion) = effect.finding else {
            Issue.record("\(effect)")
            return
        }
        let versions = deletion.versions
        #expect(deletion.count == 5 && deletion.limit == 10)
        #expect(versions.map(\.time.iso8601) == ["2026-11-18T00:00:00Z", "2026-11-17T00:00:00Z"])
        #expect(versions.map(\.bytes) == [6, 6] && versions.allSatisfy { !$0.isDueAnyway })
        #expect(versions[0].reason == "not one of the newest 3")
        #expect(!plan.isDestructive && !plan.needsApproval && plan.deletedVersions == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").sorted() == before)
        // A retention that keeps more deletes nothing, and is no effect.
        #expect(try only(self.plan(text(), text(("keep_versions: 20", "keep_versions: 30")))).retention.isEmpty)
    }

    @Test("what goes above max_delete needs an approval of this plan, and a change cannot lift the limit for itself")
    func approval() throws {
        try makeVersions(5)
        let old = text(("keep_versions: 20", "keep_versions: 20, max_delete: 1"))
        let new = text(("keep_versions: 20", "keep_versions: 2, max_delete: 100"))
        let plan = try plan(old, new)
        #expect(plan.isDestructive && plan.needsApproval && plan.deletedVersions == 3)
        #expect(plan.isApproved(by: plan.hash) && plan.isApproved(by: String(plan.hash.dropFirst(7))))
        #expect(!plan.isApproved(by: "sha256:") && !plan.isApproved(by: String(plan.hash.dropLast())))
        // The same effects an hour later are the same plan; one version more to go is another one.
        #expect(try self.plan(old, new, now: Timestamp(seconds: Self.now.seconds + 3600)).hash == plan.hash)
        let worse = try self.plan(old, new.replacing("keep_versions: 2,", with: "keep_versions: 1,"))
        #expect(worse.hash != plan.hash)
    }

    @Test("what the rules that hold would delete anyway is told apart")
    func dueAnyway() throws {
        try makeVersions(4)
        let plan = try plan(
            text(("keep_versions: 20", "keep_versions: 3")), text(("keep_versions: 20", "keep_versions: 1")))
        guard case .versions(let deletion) = try only(plan).retention.first?.finding else {
            Issue.record("\(plan)")
            return
        }
        #expect(deletion.count == 4 && deletion.versions.map(\.isDueAnyway) == [false, false, true])
    }

    @Test("a store that cannot be read is said, is no failure, and is not taken for harmless")
    func unreadable() throws {
        try makeVersions(1)
        try fixture.write("another passphrase\n", to: "passphrase")
        try FileManager.default.removeItem(atPath: "\(fixture.path)/state")
        let plan = try plan(text(), text(("keep_versions: 20", "keep_versions: 3")))
        let effect = try #require(only(plan).retention.first)
        guard case .unknown(let reason) = effect.finding else {
            Issue.record("\(effect)")
            return
        }
        #expect(reason.contains("passphrase") && !reason.contains("another passphrase"))
        #expect(plan.needsApproval && !plan.isDestructive)
        // No catalog is begun for a look.
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.path)/state/catalog"))
    }

    @Test("a new job whose store has nothing yet deletes nothing, and one that finds versions says which")
    func newJob() throws {
        #expect(try only(plan(nil, text())).retention.map(\.finding) == [.noStore])
        try makeVersions(3)
        let found = try only(plan(nil, text(("keep_versions: 20", "keep_versions: 1"))))
        guard case .versions(let deletion) = found.retention.first?.finding else {
            Issue.record("\(found)")
            return
        }
        #expect(deletion.count == 3 && deletion.versions.count == 2)
    }
}
