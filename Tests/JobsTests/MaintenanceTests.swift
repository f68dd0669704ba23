import Configuration
import Destinations
import Engine
import Foundation
import Jobs
import Reporting
import Secrets
import Support
import Testing

@Suite("After a backup")
struct MaintenanceTests {
    /// A configuration without reports, with retention if it is given.
    private func text(_ fixture: Fixture, retention: String? = nil, sources: String? = nil) -> String {
        let job = retention.map { "destinations: [disk]\n    retention: \($0)\n" } ?? "destinations: [disk]\n"
        return fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                ("  report_key:\n    env: REPORT_KEY\n", ""), ("    destinations: [disk]\n", "    \(job)"),
                ("    reports: [monitor]\n", ""),
                (
                    """
                    reports:
                      monitor:
                        webhook:
                          url: http://127.0.0.1:1/hook
                          sign:
                            secret: report_key

                    """, ""
                ),
                ("      - path: \(fixture.path)/source\n", sources ?? "      - path: \(fixture.path)/source\n"),
            ])
    }

    /// Makes as many versions, that nothing is deleted of.
    private func fixture(versions count: Int) throws -> Fixture {
        let fixture = try Fixture()
        for number in 0..<count {
            try change(fixture, "text \(number)")
            let result = try fixture.run(text(fixture))
            try #require(result.exitCode == .success, "\(result.outcome)")
            #expect(result.destinations.first?.maintenance?.retention == nil)
        }
        return fixture
    }

    private func change(_ fixture: Fixture, _ text: String) throws { try fixture.write(text, to: "source/hello.txt") }

    private func filelists(_ fixture: Fixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").filter { $0.contains(".dlist.") }
            .sorted(by: >)
    }

    private func session(_ fixture: Fixture) throws -> StoreSession {
        try StoreSession.open(
            destination: try DestinationRegistry.open(url: "file://\(fixture.path)/backup"),
            passphrase: Secret("a passphrase of many words"))
    }

    @Test("what retention does not keep is deleted, and the result and the report say how much")
    func retention() throws {
        let fixture = try fixture(versions: 3)
        try change(fixture, "newest")
        let result = try fixture.run(text(fixture, retention: "{ keep_versions: 2 }"))
        #expect(result.exitCode == .success)
        let retention = try #require(result.destinations.first?.maintenance?.retention)
        #expect(retention.deleted.count == 2 && retention.remaining == 2 && retention.refused == nil)
        #expect(retention.deleted == retention.deleted.sorted(by: >) && retention.freedBytes > 0)
        let reported = try #require(result.report.destinations.first)
        #expect(reported.deletedVersions == 2 && reported.versions == 2)
        #expect(try filelists(fixture).count == 2)
        // With nothing to delete there is nothing to say.
        let again = try fixture.run(text(fixture, retention: "{ keep_versions: 2 }"))
        #expect(again.destinations.first?.maintenance?.retention == nil)
        #expect(again.destinations.first?.summary?.catalogWasRebuilt == false)
        #expect(again.report.destinations.first?.versions == 2)
    }

    @Test("age is counted from now, also when nothing has changed")
    func age() throws {
        let fixture = try fixture(versions: 3)
        var context = try fixture.context(text(fixture, retention: "{ policy: \"1W:1D\" }"))
        context.now = { Timestamp(seconds: Timestamp.now().seconds + 30 * 86_400) }
        let result = JobRun(try context.configuration.findJob("home"), in: context).run()
        #expect(result.exitCode == .success && result.destinations.first?.summary?.version == nil)
        #expect(result.destinations.first?.maintenance?.retention?.deleted.count == 2)
        #expect(try filelists(fixture).count == 1)
    }

    @Test("a run that would delete too many deletes none, keeps its backup, and says how to go on")
    func refused() throws {
        let fixture = try fixture(versions: 3)
        try change(fixture, "newest")
        let result = try fixture.run(text(fixture, retention: "{ keep_versions: 1, max_delete: 2 }"))
        #expect(result.exitCode == .refused)
        let destination = try #require(result.destinations.first)
        #expect(destination.summary?.version != nil)
        #expect(destination.maintenance?.retention?.refused == 3)
        guard case .failure(let failure) = result.outcome else {
            Issue.record("it did not fail")
            return
        }
        #expect(failure.code == .refused)
        #expect(failure.message.contains("dunnage retention apply home --confirm 3"))
        #expect(result.report.problems.contains { $0.code == "E316" })
        #expect(result.report.destinations.first?.version != nil)
        #expect(try filelists(fixture).count == 4)
    }

    @Test("in 2038 no run deletes versions of years before for their age, until somebody says that it is 2038")
    func jump() throws {
        let fixture = try fixture(versions: 3)
        try change(fixture, "of the future")
        var context = try fixture.context(text(fixture, retention: "{ policy: \"1W:1D\" }"))
        context.now = { Timestamp(seconds: Timestamp.now().seconds + 12 * 366 * 86_400) }
        let result = JobRun(try context.configuration.findJob("home"), in: context).run()
        #expect(result.exitCode == .refused)
        #expect(result.destinations.first?.summary?.version != nil)
        #expect(result.destinations.first?.maintenance?.retention?.refused == 3)
        guard case .failure(let failure) = result.outcome else {
            Issue.record("it did not fail")
            return
        }
        #expect(failure.message.contains("a clock that jumped looks like that"))
        #expect(failure.message.contains("dunnage retention apply home --confirm 3"))
        #expect(try filelists(fixture).count == 4)
    }

    @Test("a held version stays, whatever its age")
    func held() throws {
        let fixture = try fixture(versions: 3)
        let session = try session(fixture)
        let oldest = try #require(try StoreView(session.catalog).versions().last?.time)
        try HoldBook.change(session, holding: [Hold(version: oldest, reason: "dear", since: oldest)])
        let result = try fixture.run(text(fixture, retention: "{ keep_versions: 1 }"))
        #expect(result.exitCode == .success)
        #expect(result.destinations.first?.maintenance?.retention?.deleted.count == 1)
        #expect(try filelists(fixture).contains { $0.contains(oldest.compact) })
        #expect(try filelists(fixture).count == 2)
    }

    @Test("while a source is missing no version is deleted")
    func missingSource() throws {
        let fixture = try fixture(versions: 2)
        let sources = "      - path: \(fixture.path)/source\n      - path: \(fixture.path)/not-mounted\n"
        let result = try fixture.run(text(fixture, retention: "{ keep_versions: 1 }", sources: sources))
        #expect(result.outcome == .warning)
        #expect(result.destinations.first?.maintenance == nil)
        #expect(try filelists(fixture).count >= 2)
    }

    @Test("a failure after the backup fails the run, but does not hide that the backup was made")
    func failure() throws {
        let fixture = try fixture(versions: 2)
        try fixture.write("not readable by anybody", to: "backup/dunnage-holds-000000000001.json.aes")
        try change(fixture, "newest")
        let result = try fixture.run(text(fixture, retention: "{ keep_versions: 1 }"))
        #expect(result.exitCode == .failure)
        #expect(result.destinations.first?.summary?.version != nil)
        guard case .failure(let failure) = result.outcome else {
            Issue.record("it did not fail")
            return
        }
        #expect(failure.message.hasPrefix("The backup was made, but deleting old versions did not come to its end:"))
        #expect(try filelists(fixture).count == 3)
    }
}
