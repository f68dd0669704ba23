import Foundation
import Glibc
import JSON
import Support
import TestSupport
import Testing

@Suite("Killed and stopped programs")
struct KillTests {
    @Test("a backup that is killed at any moment loses nothing, and the next one needs no help")
    func kills() throws {
        let home = try Household()
        let seed = UInt64.random(in: 1...1_000_000)
        var generator = SeededGenerator(seed: seed)
        try home.write(
            home.configuration(job: "    options: { block_size: 16KiB, volume_size: 1MiB }\n"), to: "dunnage.yaml")
        for round in 0..<20 {
            try home.shell(
                """
                mkdir -p tree/round-\(round % 5)
                for i in 1 2 3 4 5 6; do head -c \(300_000 + round * 1000) /dev/urandom > tree/round-\(round % 5)/$i; done
                rm -rf tree/round-\((round + 3) % 5)
                """)
            let process = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
            usleep(UInt32.random(in: 0..<400_000, using: &generator))
            kill(process.id, SIGKILL)
            let code = process.wait().code
            #expect(code == -SIGKILL || code == 0, "seed \(seed), round \(round)")
        }
        try home.backUp()
        let verified = try home.dunnage("verify", "home", "-c", "dunnage.yaml")
        #expect(verified.code == 0, "seed \(seed): \(verified.output)")
        let restored = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out")
        #expect(restored.code == 0, "seed \(seed): \(restored.error)")
        #expect(try home.manifest("out") == home.manifest("tree"), "seed \(seed)")
        #expect(try home.shell("ls backup | grep -c lease || true").output == "0\n")
    }

    @Test("SIGTERM ends a backup with a partial version and says so")
    func terminated() throws {
        let home = try Household()
        try home.write(
            home.configuration(job: "    options: { block_size: 4KiB, volume_size: 1MiB, compression: 9 }\n"),
            to: "dunnage.yaml")
        let process = try home.startLargeRun()
        kill(process.id, SIGTERM)
        let result = process.wait()
        #expect(result.code == 143)
        #expect(result.error.contains("partial version"))
        let versions = try home.json("versions", "home", "-c", "dunnage.yaml", "--json")
        #expect(versions["versions"]?.array?.first?["full"]?.bool == false)
        try home.backUp()
        #expect(try home.dunnage("verify", "home", "-c", "dunnage.yaml").code == 0)
    }

    @Test("of two runs on one store from two machines one is told who has it, and unlock shows the holder")
    func twoRunners() throws {
        let home = try Household()
        try home.backUp()
        try home.shell("mkdir other; sed 's/state_dir: state/state_dir: other/' dunnage.yaml > other.yaml")
        let lease = """
            {"schema":"dunnage.lease/1","token":"0123456789abcdef0123456789abcdef","instance":"attic","host":"elsewhere",
            "process":4711,"activity":"run home","started":"\(Timestamp.now())","renewed":"\(Timestamp.now())",
            "seconds":600}
            """
        try home.write(lease, to: "backup/dunnage-lease-00000005.json")
        let refused = try home.dunnage("run", "-c", "other.yaml")
        #expect(refused.code == 75)
        #expect(refused.error.contains("elsewhere"))
        #expect(try home.dunnage("versions", "home", "-c", "other.yaml").code == 0)
        #expect(try home.dunnage("unlock", "home", "-c", "other.yaml").code == 75)
        #expect(try home.dunnage("unlock", "home", "-c", "other.yaml", "--force").code == 0)
        #expect(try home.dunnage("run", "-c", "other.yaml").code == 0)
    }

    @Test("a stateless run leaves nothing but a copy of its catalog at the destination")
    func stateless() throws {
        let home = try Household()
        let first = try home.dunnage("run", "-c", "dunnage.yaml", "--stateless")
        #expect(first.code == 0, "\(first.error)")
        #expect(try home.shell("ls state 2>/dev/null | wc -l").output == "0\n")
        #expect(try home.shell("ls backup | grep -c dunnage-catalog").output == "1\n")
        let second = try home.dunnage("run", "-c", "dunnage.yaml", "--stateless", "-v")
        #expect(second.code == 0, "\(second.error)")
        #expect(second.error.contains("catalog fetched from the destination"))
        #expect(second.output.contains("nothing has changed"))
        try home.shell("echo more >> tree/letters/first.txt")
        #expect(try home.dunnage("run", "-c", "dunnage.yaml", "--stateless").code == 0)
        #expect(try home.shell("ls backup | grep -c dunnage-catalog").output == "1\n")
    }
}
