import Configuration
import Engine
import Foundation
import Jobs
import Reporting
import Support
import Testing

@Suite("Runs that keep nothing on the machine")
struct StatelessTests {
    private func text(_ fixture: Fixture, retention: String? = nil) -> String {
        let job = retention.map { "    retention: \($0)\n    compact: { threshold: 1 }\n" } ?? ""
        let plain = fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                ("  report_key:\n    env: REPORT_KEY\n", ""), ("    reports: [monitor]\n", job),
                ("  state_dir: \(fixture.path)/state\n", "  stateless: true\n"),
            ])
        return String(plain[..<(plain.range(of: "\nreports:")?.lowerBound ?? plain.endIndex)])
    }

    private func copies(_ fixture: Fixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup")
            .filter { $0.hasPrefix("dunnage-catalog-") }
    }

    private func catalog(_ result: JobResult) throws -> [String: Any] {
        let report = Data(result.report.serialized())
        let body = try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
        let destinations = try #require(body["destinations"] as? [[String: Any]])
        return try #require(destinations.first?["catalog"] as? [String: Any])
    }

    @Test("the report says how a run came by its catalog, and what the copy for the next one cost")
    func reported() throws {
        let fixture = try Fixture()
        let first = try catalog(try fixture.run(text(fixture)))
        #expect(first["origin"] as? String == "local")
        #expect(first["fetched_bytes"] == nil)
        let kept = try #require(first["kept_bytes"] as? Int)
        #expect(kept > 0 && first["kept_seconds"] is Double)
        let second = try catalog(try fixture.run(text(fixture)))
        #expect(second["origin"] as? String == "copy")
        #expect(second["fetched_bytes"] as? Int == kept)
        #expect(second["duration_seconds"] is Double)
        // Nothing has changed, so the copy is still good.
        #expect(second["kept_bytes"] == nil)
        for name in try copies(fixture) { try FileManager.default.removeItem(atPath: "\(fixture.path)/backup/\(name)") }
        #expect(try catalog(try fixture.run(text(fixture)))["origin"] as? String == "rebuilt")
        #expect(try copies(fixture).count == 1)
    }

    @Test("a command that changes the store leaves a copy of the catalog as it is then")
    func commands() throws {
        let fixture = try Fixture()
        for round in 1...3 {
            try fixture.write("round \(round)", to: "source/changing")
            _ = try fixture.run(text(fixture))
        }
        let before = try copies(fixture)
        #expect(before.count == 1)
        let configuration = try fixture.context(text(fixture)).configuration
        let problems = ProblemLog()
        let writing = StoreWriting(
            activity: "delete", logger: fixture.logger, mask: fixture.mask, environment: [:],
            interruption: Interruption(), progress: RunProgress(), problems: problems)
        do {
            let held = try writing.open(job: "home", destination: nil, configuration: configuration)
            let run = RetentionRun(held.session, policy: RetentionPolicy(keepVersions: 2))
            #expect(try run.carryOut(try run.decide()).deleted.count == 1)
            held.renewCatalogCopy()
        }
        let after = try copies(fixture)
        #expect(after.count == 1 && after != before)
        let next = try catalog(try fixture.run(text(fixture)))
        #expect(next["origin"] as? String == "copy" && next["kept_bytes"] == nil)
        #expect(problems.problems == [])
    }

    @Test("what compaction leaves unused is in the report")
    func waste() throws {
        let fixture = try Fixture()
        for round in 1...3 {
            try fixture.write(String(repeating: "round \(round) ", count: 5000), to: "source/changing")
            let result = try fixture.run(text(fixture, retention: round < 3 ? nil : "{ keep_versions: 1 }"))
            guard round == 3 else { continue }
            let compaction = try #require(result.destinations.first?.reported.compaction)
            #expect(compaction.deletedVolumes > 0)
            // The first text lies in a volume with something that is needed; one such volume is not rewritten.
            let wasted = try #require(compaction.wastedBytes)
            #expect(wasted >= 40_000 && wasted < 80_000)
        }
    }
}
