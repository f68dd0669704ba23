import Configuration
import Foundation
import Glibc
import Hooks
import Support
import TestSupport
import Testing
import Transport

@Suite("Commands around a backup")
struct HookCommandTests {
    @Test("have the variables that are named, PATH, and nothing else")
    func environment() throws {
        setenv("DUNNAGE_TEST_UNWANTED", "1", 1)
        let fixture = try HookFixture(["UNWANTED": "1"])
        let hooks = try fixture.hooks(
            """
            before:
              - command: [sh, -c, 'env | grep -v ^PWD= | grep -v ^SHLVL= | grep -v ^_= > \(fixture.path)/env']
                environment: { NAME: value, TOKEN: { secret: token } }
            """)
        #expect(fixture.run(hooks.before).goesOn)
        let lines = try String(contentsOfFile: "\(fixture.path)/env", encoding: .utf8).split(separator: "\n").sorted()
        #expect(lines == ["NAME=value", "PATH=/usr/local/bin:/usr/bin:/bin", "TOKEN=a-secret-token"])
    }

    @Test("write to the log line by line, without secrets and without end")
    func output() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            before:
              - command: [sh, -c, 'echo two >&2']
              - command: [sh, -c, 'echo one; printf "token a-secret-token"; seq 1 5000; head -c 9000 /dev/zero | tr "\\\\0" x']
                environment: { TOKEN: { secret: token } }
            """)
        #expect(fixture.run(hooks.before).goesOn)
        let lines = fixture.lines.all
        #expect(lines.contains("info one") && lines.contains("info two"))
        #expect(lines.contains { $0.hasPrefix("info token ••••") } && !lines.contains { $0.contains("a-secret") })
        #expect(lines.count < 1010 && lines.contains("info … what follows is not logged"))
        #expect(lines.allSatisfy { $0.utf8.count < 1100 })
    }

    @Test("that fail keep the run from beginning, and those behind them are not run")
    func failure() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            before:
              - command: [sh, -c, 'echo no room >&2; exit 3']
              - command: [touch, '\(fixture.path)/second']
            """)
        let summary = fixture.run(hooks.before)
        #expect(summary.failure?.exitStatus == 3)
        #expect("\(try #require(summary.failure))" == "“sh” ended with status 3. Its last words: no room")
        #expect(access("\(fixture.path)/second", F_OK) != 0)
    }

    @Test("that fail are warnings where the configuration says so, and skip the run where it says that")
    func consequences() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            before:
              - { command: ["false"], on_failure: warn }
              - { command: [/no/such/program], on_failure: warn }
              - { command: ["false"], on_failure: skip, name: check }
            """)
        let summary = fixture.run(hooks.before)
        #expect(summary.warnings.count == 2 && summary.failure == nil)
        #expect(summary.skipReason == "“check” ended with status 1.")
    }

    @Test("skip the run by the status that the configuration names, and by no other")
    func skipStatus() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            before: [{ command: [sh, -c, exit 75], skip_status: 75 }]
            after: [{ command: [sh, -c, exit 76], skip_status: 75 }]
            """)
        #expect(fixture.run(hooks.before).skipReason == "“sh” asks for it (status 75)")
        #expect(fixture.run(hooks.after).failure?.exitStatus == 76)
    }

    @Test("that take too long are stopped with all that they started")
    func timeout() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            before:
              - command: [sh, -c, 'trap "" TERM; sleep 300 & echo $! > \(fixture.path)/child; wait']
                timeout: 1s
            """)
        let summary = fixture.run(hooks.before)
        guard case .timeout(.seconds(1))? = summary.failure?.reason else {
            Issue.record("\(summary)")
            return
        }
        let text = try String(contentsOfFile: "\(fixture.path)/child", encoding: .utf8)
        let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // Where nobody waits for orphans they stay as zombies.
        let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ") Z"
        #expect(state.contains(") Z"))
    }

    @Test("are stopped when the run is")
    func cancelled() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks("before: [{ command: [sleep, '300'] }]")
        fixture.stop.cancel()
        #expect(fixture.run(hooks.before).failure?.isCancelled == true)
    }

    @Test("at the end run although the run was asked to stop, each of them although one fails")
    func finally() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            finally:
              - command: ["false"]
              - command: [touch, '\(fixture.path)/second']
            """)
        fixture.stop.cancel()
        #expect(fixture.run(hooks.finally, at: .finally).failure != nil)
        #expect(access("\(fixture.path)/second", F_OK) == 0)
    }

    @Test("are requests as well: the status decides, and secrets go into headers and nowhere else")
    func requests() throws {
        let fixture = try HookFixture()
        let server = try LoopbackHTTPServer { request, _ in
            .response(status: request.target == "/start/home" ? 204 : 500)
        }
        defer { server.stop() }
        let hooks = try fixture.hooks(
            """
            before:
              - http: { url: "\(server.url)/start/{job}", headers: { Authorization: "${secret:token}" }, body: go }
            after: [{ http: { url: "\(server.url)/other" } }]
            finally: [{ http: { url: "\(server.url)/other", expect: 500 } }]
            """)
        #expect(fixture.run(hooks.before).goesOn)
        #expect(server.requests.first?.method == "POST")
        #expect(server.requests.first?["authorization"] == "a-secret-token")
        let summary = fixture.run(hooks.after)
        #expect("\(try #require(summary.failure))".hasSuffix("was answered with status 500 instead of 200 to 299."))
        #expect(fixture.run(hooks.finally).goesOn)
        #expect(!fixture.lines.all.contains { $0.contains("a-secret-token") })
    }
}
