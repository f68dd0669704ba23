import Foundation
import Glibc
import JSON
import Support
import TestSupport
import Testing

@Suite("What goes wrong, and what the program says about it")
struct FailureTests {
    @Test(
        "a wrong command line is 2, with the usage",
        arguments: [
            "", "nonsense", "run", "run home", "versions", "restore --no-such-option", "find home -c dunnage.yaml",
            "run nosuchjob -c dunnage.yaml", "versions home -c dunnage.yaml --destination nowhere",
            "files home -c dunnage.yaml --version yesterday", "validate",
        ])
    func usage(_ line: String) throws {
        let home = try Household()
        try home.backUp()
        let result = try Binary.run(line.split(separator: " ").map(String.init), in: home.path)
        #expect(result.code == 2)
        #expect(result.output.isEmpty)
        #expect(!result.error.isEmpty)
    }

    @Test("an invalid configuration is 78, with every problem at its place")
    func invalidConfiguration() throws {
        let home = try Household()
        try home.write(
            """
            version: 1
            destinations:
              disk:
                url: file:///backup
            jobs:
              home:
                sources:
                  - path: /home/anna
                encryption: none
                destinations: [dsik]
                retentoin: {keep_versions: 3}
            """, to: "wrong.yaml")
        let golden = """
            wrong.yaml:10:20: error[E031]: destination `dsik` is not defined
               |
            10 |     destinations: [dsik]
               |                    ^~~~
               = note: defined: disk
               = help: did you mean `disk`?

            wrong.yaml:11:5: error[E010]: unknown key `retentoin` in jobs.home
               |
            11 |     retentoin: {keep_versions: 3}
               |     ^~~~~~~~~
               = help: did you mean `retention`?

            wrong.yaml: 2 error(s), 0 warning(s)

            """
        let validated = try home.dunnage("validate", "wrong.yaml")
        #expect(validated.code == 78)
        #expect(validated.output == golden)
        #expect(validated.error.isEmpty)
        let run = try home.dunnage("run", "-c", "wrong.yaml")
        #expect(run.code == 78)
        #expect(run.error == golden)
        #expect(run.output.isEmpty)
        let json = try home.dunnage("validate", "wrong.yaml", "--json")
        #expect(json.code == 78)
        let document = try JSONValue(parsing: json.output)
        #expect(document["valid"]?.bool == false)
        #expect(document["diagnostics"]?.array?.compactMap { $0["code"]?.string } == ["E031", "E010"])
        #expect(try home.dunnage("validate", "dunnage.yaml").output.contains("dunnage.yaml is valid: 1 job"))
        #expect(try home.dunnage("versions", "home", "-c", "missing.yaml").code == 78)
    }

    @Test("a wrong passphrase is 77, and changes nothing anywhere")
    func wrongPassphrase() throws {
        let home = try Household()
        try home.backUp()
        let state = try home.storeState()
        let restore = try home.dunnage(
            "restore", "--store", home.store, "--passphrase-file", "wrong", "--target", "nothing")
        #expect(restore.code == 77)
        #expect(restore.error.contains("The passphrase does not open"))
        #expect(try home.shell("find nothing -type f 2>/dev/null").output.isEmpty)
        try home.write(home.configuration(passphrase: "wrong"), to: "other.yaml")
        for keepsCatalog in [true, false] {
            if !keepsCatalog { try home.shell("rm -rf state") }
            try home.shell("date >> tree/letters/first.txt")
            let run = try home.dunnage("run", "-c", "other.yaml")
            #expect(run.code == 77, "\(run.error)")
            #expect(try home.storeState() == state)
        }
        let without = try home.dunnage("versions", "--store", home.store)
        #expect(without.code == 78)
        #expect(without.error.contains("encrypted"))
        // The right one still works.
        try home.backUp()
    }

    @Test("a destination that was there and is gone is an error, and nothing is created in its place")
    func missingDestination() throws {
        let home = try Household()
        try home.backUp()
        try home.shell("mv backup away; date >> tree/letters/first.txt")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 1)
        #expect(run.error.contains("code=E307"))
        #expect(run.error.contains("file://\(home.path)/backup"))
        #expect(access("\(home.path)/backup", F_OK) != 0)
        try home.shell("mv away backup")
        try home.backUp()
    }

    @Test("an emptied destination is an error while the catalog knows better")
    func emptiedDestination() throws {
        let home = try Household()
        try home.backUp()
        try home.shell("rm backup/*")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 1)
        #expect(run.error.contains("missing"))
        #expect(try home.shell("ls backup").output.isEmpty)
    }

    @Test("a secret that cannot be had is 78 and named, never shown")
    func missingSecret() throws {
        let home = try Household()
        try home.shell("rm passphrase")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 78)
        #expect(run.error.contains("Secret `passphrase` needs the file \(home.path)/passphrase, which does not exist"))
    }

    @Test("a second run of the same job is 75, and the first is not disturbed")
    func locked() throws {
        let home = try Household()
        try home.backUp()
        let lock = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "\(home.path)/state/catalog").first {
                $0.hasSuffix("lock")
            })
        let file = try FileDescriptor.open("\(home.path)/state/catalog/\(lock)", flags: O_RDWR)
        #expect(flock(file.raw, LOCK_EX) == 0)
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 75)
        #expect(run.error.contains("is in use by process"))
        // Who only reads is not kept waiting.
        #expect(try home.dunnage("versions", "home", "-c", "dunnage.yaml").code == 0)
    }

    @Test("damage is found and named, and the command fails")
    func damage() throws {
        let home = try Household()
        try home.backUp()
        let name = try home.shell("ls -S backup | head -n 1").output.trimmingCharacters(in: .newlines)
        try home.shell("printf '\\377\\376\\375' | dd of=backup/\(name) bs=1 seek=5000 conv=notrunc 2>/dev/null")
        func ledger(_ statement: String) throws -> String {
            try home.shell(
                """
                python3 -c "import sqlite3; c = sqlite3.connect('state/ledger.sqlite', isolation_level=None); \
                print(c.execute('\(statement)').fetchall())"
                """
            ).output
        }
        _ = try ledger("DELETE FROM verification")
        let verify = try home.dunnage("verify", "home", "-c", "dunnage.yaml")
        #expect(try ledger("SELECT job, good FROM verification") == "[('home', None)]\n")
        #expect(verify.code == 1)
        #expect(verify.output.contains("error[E301]: \(name): is damaged"))
        let json = try home.dunnage("verify", "--store", home.store, "--passphrase-file", "passphrase", "--json")
        #expect(json.code == 1)
        let document = try JSONValue(parsing: json.output)
        #expect(document["intact"]?.bool == false)
        #expect(document["faults"]?.array?.first?["object"]?.string == name)
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out")
        #expect(restore.code == 1)
        #expect(restore.error.contains(name))
    }

    @Test("SIGTERM does not wait for a secret that does not come, and the report about it goes out")
    func stoppedWhileFetching() throws {
        let server = try LoopbackHTTPServer { _, _ in .response(status: 204) }
        defer { server.stop() }
        let home = try Household()
        try home.write(
            """
            version: 1
            runtime: { state_dir: state }
            secrets:
              slow: { command: { run: [sh, -c, "echo $$$$ > fetching; exec sleep 1000"], timeout: 900s } }
              hook: { command: [echo, report] }
            destinations: { disk: { url: "file://\(home.path)/backup" } }
            jobs:
              home:
                sources: [{ path: "\(home.path)/tree" }]
                encryption: { passphrase: { secret: slow } }
                destinations: [disk]
                reports: [ops]
            reports: { ops: { webhook: { url: "\(server.url)/${secret:hook}" } } }
            """, to: "dunnage.yaml")
        let running = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
        while access("\(home.path)/fetching", F_OK) != 0, running.isRunning { usleep(2000) }
        kill(running.id, SIGTERM)
        let stopped = running.wait()
        #expect(stopped.code == 143, "\(stopped.error)")
        #expect(server.requests.map(\.target) == ["/report"])
        #expect(try home.shell("test -s fetching && ! kill -0 $(cat fetching)").code == 0)
    }

    @Test("SIGTERM and SIGINT stop a run in good order, and the next one goes on")
    func signals() throws {
        let home = try Household()
        try home.shell("for i in 1 2 3 4; do head -c 25000000 /dev/urandom > tree/big$i; done")
        for (signal, code) in [(SIGTERM, Int32(143)), (SIGINT, 130)] {
            let running = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
            while !running.hasLogged("backup started"), running.isRunning { usleep(2000) }
            kill(running.id, signal)
            let result = running.wait()
            #expect(result.code == code, "\(result.error)")
            #expect(result.output.contains("stopped"))
        }
        try home.backUp()
        let verify = try home.dunnage("verify", "home", "-c", "dunnage.yaml")
        #expect(verify.code == 0, "\(verify.output)")
    }

    /// Whether this process may make a namespace in which a child is process 1.
    static let canBeFirst: Bool = {
        let result = try? Binary.shell("unshare -fp --mount-proc true", in: "/")
        return result?.code == 0
    }()

    @Test("as the first process of a container it stops in good order too", .enabled(if: canBeFirst))
    func first() throws {
        let home = try Household()
        try home.shell("for i in 1 2 3 4; do head -c 25000000 /dev/urandom > tree/big$i; done")
        let running = try Binary.Running(
            "/usr/bin/env", ["unshare", "-fp", "--mount-proc", Binary.path, "run", "-c", "dunnage.yaml"],
            folder: home.path, environment: [:])
        while !running.hasLogged("backup started"), running.isRunning { usleep(2000) }
        try home.shell("kill -TERM $(pgrep -P \(running.id))")
        let result = running.wait()
        #expect(result.code == 143, "\(result.error)")
    }
}
