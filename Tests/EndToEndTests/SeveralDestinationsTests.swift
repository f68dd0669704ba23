import Foundation
import Glibc
import JSON
import Support
import TestSupport
import Testing

@Suite("Programs that feed several destinations")
struct SeveralDestinationsTests {
    private func home(options: String) throws -> Household {
        let home = try Household()
        let text = home.configuration(job: "    options: \(options)\n")
            .replacing("destinations: [disk]", with: "destinations: [disk, other]")
            .replacing("jobs:\n", with: "  other:\n    url: file://\(home.path)/other\njobs:\n")
        try home.write(text, to: "dunnage.yaml")
        return home
    }

    /// Restores the newest version from each destination, and compares it with the tree.
    private func expectCopies(_ home: Household, _ note: String = "") throws {
        for name in ["disk", "other"] {
            let restored = try home.dunnage(
                "restore", "home", "--destination", name, "-c", "dunnage.yaml", "--target", "out-\(name)")
            #expect(restored.code == 0, "\(note): \(restored.error)")
            #expect(try home.manifest("out-\(name)") == home.manifest("tree"), "\(note), \(name)")
            try home.shell("rm -rf out-\(name)")
        }
    }

    @Test("one that is killed at any moment loses nothing at any of them")
    func kills() throws {
        let home = try home(options: "{ block_size: 16KiB, volume_size: 1MiB }")
        var generator = SeededGenerator.printed("kills with two destinations")
        for round in 0..<6 {
            try home.shell(
                """
                mkdir -p tree/round-\(round % 3)
                for i in 1 2 3 4; do head -c \(300_000 + round * 1000) /dev/urandom > tree/round-\(round % 3)/$i; done
                rm -rf tree/round-\((round + 2) % 3)
                """)
            let process = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
            usleep(UInt32.random(in: 0..<400_000, using: &generator))
            kill(process.id, SIGKILL)
            let code = process.wait().code
            #expect(code == -SIGKILL || code == 0)
        }
        try home.backUp()
        try expectCopies(home)
        #expect(try home.shell("ls backup other | grep -c lease || true").output == "0\n")
    }

    @Test("SIGTERM leaves a partial version of the same time at all of them")
    func terminated() throws {
        let home = try home(options: "{ block_size: 4KiB, volume_size: 1MiB, compression: 9 }")
        let process = try home.startLargeRun()
        kill(process.id, SIGTERM)
        #expect(process.wait().code == 143)
        let times = try ["disk", "other"].map { name in
            let versions = try home.json("versions", "home", "--destination", name, "-c", "dunnage.yaml", "--json")
            let newest = versions["versions"]?.array?.first
            #expect(newest?["full"]?.bool == false)
            return newest?["time"]?.string
        }
        #expect(times[0] != nil && times[0] == times[1])
        try home.backUp()
        try expectCopies(home)
    }
}
