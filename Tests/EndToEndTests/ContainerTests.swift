import Foundation
import Glibc
import Support
import Testing

/// The program as the only thing in a container: the first process there, and the user that variables ask for.
@Suite("In a container")
struct ContainerTests {
    /// Whether this process may become anybody.
    static let canBecomeAnybody = geteuid() == 0

    private func home(before hooks: String) throws -> Household {
        let home = try Household()
        try home.write(home.configuration(job: "    hooks:\n      before:\n\(hooks)"), to: "dunnage.yaml")
        return home
    }

    private func first(_ home: Household, _ arguments: String...) throws -> Binary.Running {
        try Binary.Running(
            "/usr/bin/env", ["unshare", "-fp", "--mount-proc", Binary.path] + arguments, folder: home.path,
            environment: [:])
    }

    @Test(
        "the first process waits for orphans, and leaves the program its own children",
        .enabled(if: FailureTests.canBeFirst))
    func orphans() throws {
        // In a session of its own an orphan outlives the group of its hook. A zombie keeps its number, so the second hook
        // ends well only when the orphan is gone for good; the third one's status has to arrive as it is.
        let home = try home(
            before: """
                      - command: [sh, begin.sh]
                      - command: [sh, wait.sh]
                      - command: [sh, -c, 'exit 7']

                """)
        try home.write("(setsid sh -c 'echo $$ > new; mv new orphan' &)", to: "begin.sh")
        try home.write(
            """
            for i in $(seq 500); do
                test -s orphan && ! test -e /proc/$(cat orphan) && exit 0
                sleep 0.02
            done
            exit 1
            """, to: "wait.sh")
        let result = try first(home, "run", "-c", "dunnage.yaml").wait()
        #expect(result.code == 1, "\(result.error)")
        #expect(result.error.contains("status 7"), "\(result.error)")
    }

    @Test(
        "the first process passes signals on and returns what the program returns",
        .enabled(if: FailureTests.canBeFirst))
    func signals() throws {
        #expect(try first(Household(), "validate", "nothing.yaml").wait().code == 78)
        let home = try home(before: "      - command: [sh, -c, 'touch begun; sleep 300']\n")
        for (signal, code) in [(SIGTERM, Int32(143)), (SIGINT, 130)] {
            let running = try first(home, "run", "-c", "dunnage.yaml")
            while access("\(home.path)/begun", F_OK) != 0, running.isRunning { usleep(2000) }
            let process = try home.shell("pgrep -P \(running.id)").output.split(separator: "\n")
            kill(try #require(Int32(process[0])), signal)
            let result = running.wait()
            #expect(result.code == code, "\(result.error)")
            // Once: a second one would have ended it at once.
            #expect(result.error.contains("stopping;") && result.error.contains("hook failed"), "\(result.error)")
            try home.shell("rm begun")
        }
    }

    @Test("PUID, PGID and UMASK decide who root's program is, and who has the state", .enabled(if: canBecomeAnybody))
    func becomes() throws {
        let home = try home(
            before: "      - command: [sh, -c, '(id -u; id -g; id -G; umask) > who']\n")
        try home.shell("chown -R 4321:8765 . && mkdir state && touch state/old && ln -s /etc/hostname state/link")
        let before = try home.shell("stat -c %u:%g /etc/hostname").output
        let variables = [
            "DUNNAGE_IMAGE": "1", "STATE_DIRECTORY": "\(home.path)/state", "PUID": "4321", "PGID": "8765",
            "UMASK": "027",
        ]
        let result = try home.dunnage("run", "-c", "dunnage.yaml", environment: variables)
        #expect(result.code == 0, "\(result.error)")
        #expect(try home.shell("cat who").output == "4321\n8765\n8765\n0027\n")
        #expect(try home.shell("find state backup ! -user 4321 -o ! -group 8765").output == "")
        #expect(try home.shell("stat -c %u:%g /etc/hostname").output == before)
    }

    @Test("whoever is not root is told that PUID does not help", .enabled(if: canBecomeAnybody))
    func others() throws {
        let home = try Household()
        let command = ["setpriv", "--reuid=4321", "--regid=8765", "--clear-groups", Binary.path, "version"]
        for (variables, code) in [(["PUID": "1000"], Int32(78)), (["PUID": "4321", "PGID": "8765"], 0), ([:], 0)] {
            let result = try Binary.Running(
                "/usr/bin/env", command, folder: "/", environment: variables.merging(["DUNNAGE_IMAGE": "1"]) { $1 }
            ).wait()
            #expect(result.code == code, "\(result.error)")
            if code != 0 { #expect(result.error.contains("user: \"1000:1000\""), "\(result.error)") }
        }
        // Root without the powers that it takes.
        let powerless = try Binary.Running(
            "/usr/bin/env", ["setpriv", "--bounding-set=-all", "--inh-caps=-all", Binary.path, "version"],
            folder: home.path, environment: ["DUNNAGE_IMAGE": "1", "PUID": "1000"]
        ).wait()
        #expect(powerless.code == 77, "\(powerless.error)")
        #expect(powerless.error.contains("cap_add: [CHOWN, SETGID, SETUID]"), "\(powerless.error)")
    }
}
