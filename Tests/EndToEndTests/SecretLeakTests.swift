import Foundation
import Glibc
import Support
import Synchronization
import TestSupport
import Testing

@testable import Secrets

/// A run with secrets of several kinds, at the highest log level, that succeeds and that fails: none of them shows.
@Suite("Secrets of the program")
struct SecretLeakTests {
    /// What must not show, in every form that a text may hold it.
    private static let values = [
        "passphrase with/ünïcode & \"quotes\"", "token+from/the=environment", "hook path?&#secret",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "vault-token-geheim-123", "variable of\\the command",
    ]

    private func household(_ server: LoopbackHTTPServer) throws -> Household {
        let home = try Household()
        try home.write(#"{"backup": {"passphrase": "passphrase with/ünïcode & \"quotes\""}}"#, to: "s.json")
        try home.write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", to: "key")
        try home.write(
            """
            version: 1
            instance: laptop
            runtime: { state_dir: state, log: { level: trace } }
            secrets:
              passphrase: { file: { path: s.json, key: backup.passphrase } }
              token: { env: VAULT_SECRET_TOKEN }
              hook: { vault: { path: hooks, key: path, mount: kv, url: "\(server.url)", auth: { token: { secret: token } } } }
              signing: { file: key }
              from_command: { command: [cat, command-secret] }
            destinations:
              disk: { url: "file://\(home.path)/backup" }
            jobs:
              home:
                sources:
                  - path: \(home.path)/tree
                  - path: /dump
                    command: [sh, -c, 'sleep 0.3; echo "$$SECRET" | wc -c']
                    environment: { SECRET: { secret: from_command } }
                encryption: { passphrase: { secret: passphrase } }
                destinations: [disk]
                reports: [ops]
            reports:
              ops:
                webhook: { url: "\(server.url)/report/${secret:hook}", sign: { secret: signing } }
            """, to: "dunnage.yaml")
        try home.write("variable of\\the command\n", to: "command-secret")
        return home
    }

    private func server() throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, _ in
            guard request.target == "/v1/kv/data/hooks" else { return .response(status: 204) }
            return request["x-vault-token"] == "vault-token-geheim-123"
                ? .response(status: 200, body: Array(#"{"data": {"data": {"path": "hook path?&#secret"}}}"#.utf8))
                : .response(status: 403, body: Array(#"{"errors": ["permission denied"]}"#.utf8))
        }
    }

    /// The forms in which a value was found, by name; the value itself is in no message.
    private func leaks(in text: String, of places: String) -> [String] {
        Self.values.enumerated().flatMap { index, value in
            SecretForms.of(Secret(value)).filter { text.contains($0.reveal()) }.map { _ in "\(places): value \(index)" }
        }
    }

    /// The command lines of all processes, and the environments of those that are not ours, while `isRunning`.
    private func watch(_ running: Binary.Running) -> (lines: String, environments: String) {
        var lines = ""
        var environments = ""
        while running.isRunning {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
                guard let id = Int32(name) else { continue }
                if let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") {
                    lines += String(decoding: line.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self) + "\n"
                }
                let status = FileManager.default.contents(atPath: "/proc/\(name)/stat") ?? Data()
                let parent = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
                    .dropFirst().first
                // Until it runs its program, a child is a view of our own memory.
                let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/exe")
                if id != running.id, parent.flatMap({ Int32($0) }) == running.id, let program, program != Binary.path,
                    let variables = FileManager.default.contents(atPath: "/proc/\(name)/environ")
                {
                    environments += String(decoding: variables.map { $0 == 0 ? 0x0A : $0 }, as: UTF8.self) + "\n"
                }
            }
            usleep(5000)
        }
        return (lines, environments)
    }

    @Test("a run that succeeds and one that fails show no secret in logs, reports, errors and command lines")
    func run() throws {
        let server = try server()
        defer { server.stop() }
        let home = try household(server)
        for token in ["vault-token-geheim-123", "token+from/the=environment"] {
            let running = try Binary.start(
                ["run", "-c", "dunnage.yaml", "-vv", "--json", "--log-format", "json"], in: home.path,
                environment: ["VAULT_SECRET_TOKEN": token])
            let seen = watch(running)
            let result = running.wait()
            #expect(result.code == 0, "\(result.error)")
            #expect(leaks(in: result.output, of: "output") == [])
            #expect(leaks(in: result.error, of: "log") == [])
            #expect(leaks(in: seen.lines, of: "command lines") == [])
            // The command's own variable was named for it; nothing else may be there.
            let other = seen.environments.split(separator: "\n").filter { !$0.hasPrefix("SECRET=") }
            #expect(leaks(in: other.joined(separator: "\n"), of: "environments") == [])
            #expect(other.contains { $0.hasPrefix("PATH=") }, "no command was seen")
        }
        // The report went to the address that holds a secret, and its body holds none.
        let reports = server.requests.filter { $0.target.hasPrefix("/report/") }
        #expect(reports.map(\.target) == ["/report/hook%20path%3F%26%23secret"])
        for report in reports { #expect(leaks(in: String(decoding: report.body, as: UTF8.self), of: "report") == []) }

        try home.write(#"{"backup": {}}"#, to: "s.json")
        let failed = try home.dunnage("run", "-c", "dunnage.yaml", "-vv", environment: ["VAULT_SECRET_TOKEN": "x"])
        #expect(failed.code == 78)
        #expect(leaks(in: failed.output + failed.error, of: "error") == [])
        #expect(failed.error.contains("there is no key `backup.passphrase`"))
    }

    @Test("a crash leaves no dump of the memory that holds secrets")
    func crash() throws {
        let server = try server()
        defer { server.stop() }
        let home = try household(server)
        // The command's parent is the program, which by then has fetched all secrets of the job. Of the signals that dump
        // memory, this is one that the runtime of Swift does not take for itself.
        let text = try home.shell("cat dunnage.yaml").output
        try home.write(text.replacing("sleep 0.3;", with: "kill -XCPU $$PPID; sleep 5;"), to: "dunnage.yaml")
        // Not in the script: another test looks for it in the command lines of all processes.
        try home.write("vault-token-geheim-123", to: "vault-token")
        let script = """
            ulimit -c unlimited
            VAULT_SECRET_TOKEN=$(cat vault-token) '\(Binary.path)' run -c dunnage.yaml
            echo "ended with $?"
            """
        let crashed = try home.shell(script)
        #expect(crashed.output.contains("ended with 152"), "\(crashed.output)\(crashed.error)")
        #expect(!crashed.error.contains("core dumped"), "\(crashed.error)")
        #expect(try home.shell("find . -name 'core*'").output.isEmpty)
        #expect(leaks(in: crashed.output + crashed.error, of: "crash") == [])
    }

    @Test("secret check tells where each secret comes from and about how long it is, and nothing else")
    func check() throws {
        let server = try server()
        defer { server.stop() }
        let home = try household(server)
        let token = ["VAULT_SECRET_TOKEN": "vault-token-geheim-123"]
        let good = try home.dunnage("secret", "check", "-c", "dunnage.yaml", "-vv", environment: token)
        #expect(good.code == 0, "\(good.error)")
        #expect(
            good.output == """
                NAME          LENGTH  FROM
                from_command  16-31   command cat
                hook          16-31   Vault hooks, key path, at \(server.url)
                passphrase    32-63   file \(home.path)/s.json, key backup.passphrase
                signing       32-63   file \(home.path)/key
                token         16-31   environment variable VAULT_SECRET_TOKEN

                """)
        #expect(leaks(in: good.output + good.error, of: "check") == [])

        let bad = try home.dunnage("secret", "check", "-c", "dunnage.yaml", "--json", environment: [:])
        #expect(bad.code == 78)
        #expect(leaks(in: bad.output + bad.error, of: "check") == [])
        #expect(bad.output.contains("VAULT_SECRET_TOKEN, which is not set"))
        let one = try home.dunnage("secret", "check", "signing", "-c", "dunnage.yaml")
        #expect(one.code == 0 && !one.output.contains("hook"))
        #expect(try home.dunnage("secret", "check", "none", "-c", "dunnage.yaml").code == 2)
        server.stop()
        let away = try home.dunnage("secret", "check", "hook", "-c", "dunnage.yaml", environment: token)
        #expect(away.code == 75, "\(away.output)")
    }
}
