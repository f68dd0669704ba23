import Configuration
import Engine
import Foundation
import Glibc
import Jobs
import Ledger
import Reporting
import Support
import TestSupport
import Testing

@Suite("The hooks of a run")
struct HookRunTests {
    /// A configuration whose job has these lines more, which begin in the first column.
    private func text(_ fixture: Fixture, _ lines: String, reportingTo url: String? = nil) -> String {
        let more = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        var changes = [("    destinations: [disk]\n", "    destinations: [disk]\n\(more)")]
        changes.append(("      sign:\n        secret: report_key\n", ""))
        if url == nil {
            changes.append(("    reports: [monitor]\n", ""))
            changes.append(("reports:\n  monitor:\n    webhook:\n      url: http://127.0.0.1:1/hook\n", ""))
        }
        changes.append(("  report_key:\n    env: REPORT_KEY\n", ""))
        return fixture.text(reportingTo: url ?? "http://127.0.0.1:1", replacing: changes)
    }

    private func step(_ fixture: Fixture, _ name: String, _ more: String = "") -> String {
        "{ command: [sh, -c, 'echo \(name) >> \(fixture.path)/steps; ls \(fixture.path)/backup | wc -l >> \(fixture.path)/objects']\(more) }"
    }

    private func steps(_ fixture: Fixture) -> [String] {
        let text = (try? String(contentsOfFile: "\(fixture.path)/steps", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private func hooks(_ fixture: Fixture, before: String = "", failing: String = "") -> String {
        """
        hooks:
          before: [\(step(fixture, "before", ", undo: " + step(fixture, "undo")))\(before)]
          after: [\(step(fixture, "after"))\(failing)]
          on_failure: [\(step(fixture, "on_failure"))]
          finally: [\(step(fixture, "finally"))]
        """
    }

    /// Runs with a ledger that outlives the run.
    private func run(_ fixture: Fixture, _ text: String) throws -> JobResult {
        var context = try fixture.context(text)
        context.ledger = try Ledger(path: "\(fixture.path)/ledger.sqlite")
        return JobRun(try context.configuration.findJob("home"), in: context).run()
    }

    @Test("run before and after it, and what is undone is so as soon as the sources are read")
    func order() throws {
        let fixture = try Fixture()
        let result = try run(fixture, text(fixture, hooks(fixture)))
        #expect(result.outcome == .success)
        #expect(steps(fixture) == ["before", "undo", "after", "finally"])
        let objects = try String(contentsOfFile: "\(fixture.path)/objects", encoding: .utf8).split(separator: "\n")
        #expect(objects.first == "0" && objects.last != "0")
    }

    @Test("that fail before it leave the destination untouched, and the report has the hook's own words")
    func failure() throws {
        let fixture = try Fixture()
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let more = ", { command: [sh, -c, 'echo no snapshot >&2; exit 9'], name: snapshot }"
        let result = try run(fixture, text(fixture, hooks(fixture, before: more), reportingTo: server.url))
        guard case .failure(let failure) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(failure.code == .hook && result.exitCode == .failure)
        #expect(result.destinations.isEmpty)
        #expect(steps(fixture) == ["before", "undo", "on_failure", "finally"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.path)/state/catalog/home-disk.sqlite"))
        let body = String(decoding: try #require(server.requests.first).body, as: UTF8.self)
        #expect(body.contains("E318") && body.contains("no snapshot"))
    }

    @Test("can ask for the run to be skipped, of which nobody is told")
    func skipped() throws {
        let fixture = try Fixture()
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let more = ", { command: [sh, -c, 'exit 75'], skip_status: 75, name: check }"
        let result = try run(fixture, text(fixture, hooks(fixture, before: more), reportingTo: server.url))
        #expect(result.outcome == .skipped("“check” asks for it (status 75)") && result.exitCode == .success)
        #expect(steps(fixture) == ["before", "undo", "finally"])
        #expect(server.requests.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup").isEmpty)
    }

    @Test("that fail after it make it a failure, although the version is there")
    func afterwards() throws {
        let fixture = try Fixture()
        let result = try run(fixture, text(fixture, hooks(fixture, failing: ", { command: ['false'] }")))
        guard case .failure(let failure) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(failure.code == .hook && failure.message.hasPrefix("The backup was made, but a hook failed."))
        #expect(result.destinations.first?.summary?.version != nil)
    }

    @Test("that only warn make it a warning, which the report names")
    func warning() throws {
        let fixture = try Fixture()
        let result = try run(
            fixture,
            text(fixture, hooks(fixture, before: ", { command: ['false'], on_failure: warn, name: odd }")))
        #expect(result.outcome == .warning && result.exitCode == .success)
        #expect(
            result.report.problems.contains { $0.code == "W208" && $0.message.contains("“odd” ended with status 1") })
    }

    @Test("undo what they did also when the backup fails")
    func failedBackup() throws {
        let fixture = try Fixture()
        let text = text(fixture, hooks(fixture)).replacing(
            "path: \(fixture.path)/source", with: "path: /no/such/source")
        let result = try run(fixture, text)
        #expect(result.exitCode == .failure)
        #expect(steps(fixture) == ["before", "undo", "on_failure", "finally"])
    }

    @Test("begin with what an earlier run could not take back, which warns as long as it fails")
    func leftovers() throws {
        let fixture = try Fixture()
        let undo =
            "undo: { command: [sh, -c, 'test -e \(fixture.path)/mended && echo undone >> \(fixture.path)/steps'] }"
        let broken = try run(
            fixture,
            text(fixture, "hooks: { before: [{ command: ['true'], name: freeze, \(undo) }] }"))
        #expect(broken.outcome == .warning)
        #expect(broken.report.problems.contains { $0.message.contains("“freeze” of") })
        let again = try run(fixture, text(fixture, "labels: { a: b }"))
        #expect(again.outcome == .warning)
        try fixture.write("", to: "mended")
        #expect(try run(fixture, text(fixture, "labels: { a: b }")).outcome == .success)
        #expect(steps(fixture) == ["undone"])
    }

    @Test("of Duplicati's kind change what is backed up, and find the result in a file")
    func script() throws {
        let fixture = try Fixture()
        try FileTree.createFolder("\(fixture.path)/other")
        try fixture.write("other", to: "other/file.txt")
        let result = try run(
            fixture,
            text(
                fixture,
                """
                hooks:
                  before: [{ command: [echo, '--localpath=\(fixture.path)/other'], protocol: duplicati }]
                  finally: [{ command: [sh, -c, 'cp "$$DUPLICATI__RESULTFILE" \(fixture.path)/result'], protocol: duplicati }]
                """))
        #expect(result.outcome == .success, "\(result.outcome)")
        #expect(result.destinations.first?.summary?.files == 1)
        let lines = try String(contentsOfFile: "\(fixture.path)/result", encoding: .utf8).split(separator: "\n")
        #expect(lines.contains("ParsedResult: Success") && lines.contains("ExaminedFiles: 1"))
    }
}
