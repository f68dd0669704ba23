import Configuration
import Foundation
import Hooks
import Testing

@Suite("Scripts of Duplicati's")
struct ScriptProtocolTests {
    private func run(_ script: String, at moment: HookSequence.Moment = .before) throws -> (HookFixture, HookSummary) {
        let fixture = try HookFixture()
        try script.write(toFile: "\(fixture.path)/script", atomically: false, encoding: .utf8)
        let hooks = try fixture.hooks("before: [{ command: [sh, '\(fixture.path)/script'], protocol: duplicati }]")
        return (fixture, fixture.run(hooks.before, at: moment))
    }

    @Test(
        "say before a backup by their status whether it runs",
        arguments: [
            (0, "run", 0, 0), (1, "skip", 0, 0), (2, "run", 1, 0), (3, "skip", 1, 0), (4, "run", 0, 1),
            (5, "fail", 0, 0), (17, "fail", 0, 0),
        ])
    func before(status: Int, end: String, warnings: Int, errors: Int) throws {
        let summary = try run("exit \(status)").1
        #expect((summary.failure != nil ? "fail" : summary.skipReason != nil ? "skip" : "run") == end)
        #expect(summary.warnings.count == warnings && summary.errors.count == errors)
    }

    @Test(
        "can only warn or report an error afterwards",
        arguments: [(0, 0, 0), (1, 0, 0), (2, 1, 0), (3, 1, 0), (4, 0, 1), (5, 0, 1)])
    func after(status: Int, warnings: Int, errors: Int) throws {
        let summary = try run("exit \(status)", at: .after).1
        #expect(summary.goesOn && summary.warnings.count == warnings && summary.errors.count == errors)
    }

    @Test("find the variables that they know, and no passphrase")
    func variables() throws {
        let (fixture, _) = try run("env | grep ^DUPLICATI__ | sort | sed 's/^/LOG:INFO /'")
        let seen = Set(fixture.lines.all.filter { $0.hasPrefix("info DUPLICATI__") })
        #expect(
            seen == [
                "info DUPLICATI__EVENTNAME=BEFORE", "info DUPLICATI__OPERATIONNAME=Backup",
                "info DUPLICATI__REMOTEURL=file:///backup", "info DUPLICATI__LOCALPATH=/source:/other",
                "info DUPLICATI__FILTER=-*.bak", "info DUPLICATI__backup_name=home",
                "info DUPLICATI__dblock_size=52428800b",
            ])
        let (after, _) = try run("env | grep ^DUPLICATI__ | sed 's/^/LOG:INFO /'", at: .finally)
        #expect(after.lines.all.contains("info DUPLICATI__PARSED_RESULT=Warning"))
        #expect(after.lines.all.contains("info DUPLICATI__RESULTFILE=/tmp/result"))
        #expect(after.lines.all.contains("info DUPLICATI__EVENTNAME=AFTER"))
    }

    @Test("set options, log at a level, and warn by what they write to standard error")
    func output() throws {
        let (_, summary) = try run(
            """
            echo '--localpath="/a:/b"'
            echo '--eventname=AFTER'
            echo '--dblock-size=10mb'
            echo '--flag'
            echo 'LOG:WARN: be careful'
            echo 'LOG:ERROR that was bad'
            echo 'odd thing' >&2
            """)
        #expect(summary.options.map { "\($0.name)=\($0.value)" } == ["localpath=/a:/b", "dblock-size=10mb", "flag="])
        #expect(summary.warnings.contains("“sh”: be careful"))
        #expect(summary.warnings.contains { $0.hasPrefix("“sh” wrote to standard error") })
        #expect(summary.errors == ["“sh”: that was bad"])
    }
}
