import Foundation
import Glibc
import JSON
import Support
import TestSupport
import Testing

@Suite("Hooks and guards of the program")
struct HookTests {
    @Test("what a killed run had done is taken back once by the next start")
    func killed() throws {
        let home = try Household()
        try home.write(
            home.configuration(
                job: """
                        hooks:
                          before:
                            - command: [sh, -c, 'echo stopped >> \(home.path)/steps']
                              name: stop the service
                              undo: { command: [sh, -c, 'echo started >> \(home.path)/steps'] }
                            - command: [sh, -c, 'test -e \(home.path)/quick || sleep 300']
                              timeout: 10min

                    """), to: "dunnage.yaml")
        let process = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
        let limit = ContinuousClock.now + .seconds(60)
        func steps() throws -> String { try home.shell("cat steps 2>/dev/null || true").output }
        while ContinuousClock.now < limit, process.isRunning, try steps() != "stopped\n" { usleep(5000) }
        kill(process.id, SIGKILL)
        #expect(process.wait().code == -SIGKILL)
        #expect(try steps() == "stopped\n")
        try home.write("", to: "quick")
        let next = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(next.code == 0, "\(next.error)")
        #expect(next.error.contains("a run did not take back what it had done"))
        #expect(try steps() == "stopped\nstarted\nstopped\nstarted\n")
        #expect(try home.dunnage("run", "-c", "dunnage.yaml").code == 0)
        #expect(try steps() == "stopped\nstarted\nstopped\nstarted\nstopped\nstarted\n")
        #expect(try home.shell("ls state/undo | wc -l").output == "0\n")
    }

    @Test("a version in quarantine holds retention and compaction back until it is acknowledged")
    func quarantine() throws {
        let home = try Household()
        try home.write(
            home.configuration(
                job: """
                        expect: [{ source: \(home.path)/tree, max_removed: 10%, violation: quarantine }]
                        retention: { keep_versions: 1 }

                    """), to: "dunnage.yaml")
        #expect(try home.dunnage("ack", "home", "-c", "dunnage.yaml").output == "Nothing of home is in quarantine.\n")
        try home.backUp()
        try home.shell("rm tree/photo.jpg tree/numbers.txt")
        let flagged = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(flagged.code == 4 && flagged.error.contains("in quarantine"))
        for command in [["retention", "apply", "home", "--yes"], ["compact", "home"]] {
            let refused = try Binary.run(command + ["-c", "dunnage.yaml"], in: home.path)
            #expect(refused.code == 4, "\(command): \(refused.error)")
            #expect(refused.error.contains("dunnage ack home"))
        }
        #expect(try home.dunnage("compact", "home", "-c", "dunnage.yaml", "--dry-run").code == 0)
        let seen = try home.json("ack", "home", "-c", "dunnage.yaml", "--dry-run", "--json")
        #expect(seen["quarantines"]?.array?.count == 1)
        let ended = try home.dunnage("ack", "home", "-c", "dunnage.yaml", "--reason", "moved to the archive")
        #expect(ended.code == 0 && ended.output.contains("lost 2 of 5 files") && ended.output.contains("Acknowledged."))
        #expect(try home.dunnage("retention", "apply", "home", "-c", "dunnage.yaml", "--yes").code == 0)
        #expect(try home.shell("ls backup | grep -c dlist").output == "1\n")
        #expect(try home.dunnage("compact", "home", "-c", "dunnage.yaml").code == 0)
    }
}
