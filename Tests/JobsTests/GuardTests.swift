import Engine
import Foundation
import JSON
import Jobs
import Ledger
import Reporting
import Support
import Testing

@Suite("Guards over what is backed up")
struct GuardTests {
    private func text(_ fixture: Fixture, _ lines: String, source: String? = nil) -> String {
        let more = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        return fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                ("    destinations: [disk]\n", "    destinations: [disk]\n\(more)"),
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
                ("  report_key:\n    env: REPORT_KEY\n", ""),
                ("      - path: \(fixture.path)/source\n", source ?? "      - path: \(fixture.path)/source\n"),
            ])
    }

    private func expect(_ fixture: Fixture, _ what: String) -> String {
        "expect: [{ source: \(fixture.path)/source, \(what) }]"
    }

    private func fill(_ fixture: Fixture, _ count: Int, _ word: String = "text") throws {
        for number in 0..<count { try fixture.write("\(word) \(number)", to: "source/file-\(number)") }
    }

    private func failure(_ result: JobResult) throws -> Failure {
        guard case .failure(let failure) = result.outcome else {
            throw Failure(.defect, .failure, "the run ended with \(result.outcome)")
        }
        return failure
    }

    private func dlists(_ fixture: Fixture) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").count { $0.contains(".dlist.") }
    }

    /// Runs with a ledger that outlives the run.
    private func run(_ fixture: Fixture, _ text: String) throws -> JobResult {
        var context = try fixture.context(text)
        context.ledger = try Ledger(path: "\(fixture.path)/ledger.sqlite")
        return JobRun(try context.configuration.findJob("home"), in: context).run()
    }

    @Test("refuse a version with too few files or bytes", arguments: ["min_files: 6", "min_size: 1MiB"])
    func tooLittle(expectation: String) throws {
        let fixture = try Fixture()
        try fill(fixture, 4)
        let refused = try failure(try run(fixture, text(fixture, expect(fixture, expectation))))
        #expect(refused.code == .expectation && refused.exitCode == .refused)
        #expect(refused.message.contains("are expected"))
        #expect(try dlists(fixture) == 0)
        try fill(fixture, 10, String(repeating: "x", count: 200_000))
        #expect(try run(fixture, text(fixture, expect(fixture, expectation))).outcome == .success)
        #expect(try dlists(fixture) == 1)
    }

    @Test("refuse a version that lost too many files, and the next one is as if the refused one had not been")
    func removed() throws {
        let fixture = try Fixture()
        try fill(fixture, 19)
        let limited = text(fixture, expect(fixture, "max_removed: 20%, max_changed: 20%"))
        #expect(try run(fixture, limited).outcome == .success)
        for number in 0..<10 { try FileManager.default.removeItem(atPath: "\(fixture.path)/source/file-\(number)") }
        try fixture.write("new", to: "source/new")
        let refused = try failure(try run(fixture, limited))
        #expect(refused.message.contains("lost 10 of 20 files since the last version, and at most 20% may go"))
        #expect(refused.exitCode == .refused)
        #expect(try failure(try run(fixture, limited)).code == .expectation)
        #expect(try dlists(fixture) == 1)
        try fill(fixture, 10)
        let healed = try run(fixture, limited)
        #expect(healed.outcome == .success && healed.destinations.first?.summary?.added == 1)
        #expect(try dlists(fixture) == 2)
    }

    @Test("tell files with other content from files with other times or rights")
    func changed() throws {
        let fixture = try Fixture()
        try fill(fixture, 9)
        let limited = text(fixture, expect(fixture, "max_changed: 50%"))
        #expect(try run(fixture, limited).outcome == .success)
        for number in 0..<9 { chmod("\(fixture.path)/source/file-\(number)", 0o600) }
        #expect(try run(fixture, limited).outcome == .success)
        try fill(fixture, 9, "encrypted by somebody")
        let refused = try failure(try run(fixture, limited))
        #expect(refused.message.contains("other content in 9 of 10 files"))
    }

    @Test("put a version into quarantine, and keep every other one until it is acknowledged")
    func quarantine() throws {
        let fixture = try Fixture()
        try fill(fixture, 9)
        let limited = text(
            fixture,
            expect(fixture, "max_removed: 20%, violation: quarantine")
                + "\nretention: { keep_versions: 1, max_delete: 10 }")
        #expect(try run(fixture, limited).outcome == .success)
        for number in 0..<9 { try FileManager.default.removeItem(atPath: "\(fixture.path)/source/file-\(number)") }
        let result = try run(fixture, limited)
        let flagged = try failure(result)
        #expect(flagged.code == .quarantine && flagged.exitCode == .refused)
        #expect(result.destinations.first?.summary?.version != nil)
        #expect(try dlists(fixture) == 2)
        #expect(result.report.destinations.first?.quarantine.first?.contains("lost 9 of 10 files") == true)
        #expect(result.report.json()["destinations"]?.array?.first?["quarantine"]?.array?.count == 1)

        try fixture.write("more", to: "source/more")
        let frozen = try run(fixture, limited)
        #expect(frozen.outcome == .warning && frozen.report.problems.contains { $0.code == "W210" })
        #expect(try dlists(fixture) == 3)

        let ledger = try Ledger(path: "\(fixture.path)/ledger.sqlite")
        #expect(try ledger.quarantinedJobs() == ["home"])
        try ledger.acknowledge("home", reason: "moved", at: Timestamp.now())
        try fixture.write("more still", to: "source/more")
        #expect(try run(fixture, limited).outcome == .success)
        #expect(try dlists(fixture) == 1)
    }

    @Test("only warn where the configuration says so")
    func warning() throws {
        let fixture = try Fixture()
        let result = try run(
            fixture,
            text(fixture, expect(fixture, "min_files: 5, must_exist: [missing], violation: warn")))
        #expect(result.outcome == .warning)
        #expect(result.report.problems.count { $0.code == "W209" } == 2)
        #expect(try dlists(fixture) == 1)
    }

    @Test("look for paths and mount points before anything is read")
    func beforehand() throws {
        let fixture = try Fixture()
        let path = try failure(try run(fixture, text(fixture, expect(fixture, "must_exist: [hello.txt, data/db]"))))
        #expect(path.code == .expectation && path.exitCode == .refused)
        #expect(path.message.contains("has no data/db, which must exist") && !path.message.contains("hello.txt,"))
        let mount = try failure(
            try run(
                fixture,
                text(
                    fixture, "labels: { a: b }",
                    source: "      - path: \(fixture.path)/source\n        require_mountpoint: true\n")))
        #expect(mount.code == .expectation && mount.message.contains("is no mount point"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").isEmpty)
        let mounted = try run(
            fixture,
            text(
                fixture, "labels: { a: b }",
                source: "      - path: /proc\n        require_mountpoint: true\n    filters: [{ exclude: '/proc/*' }]\n"
            ))
        #expect(mounted.exitCode != .refused, "\(mounted.outcome)")
    }
}
