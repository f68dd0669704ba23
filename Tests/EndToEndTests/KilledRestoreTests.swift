import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Killed restores")
struct KilledRestoreTests {
    @Test("a restore that is killed at any moment is completed by the next one, which removes what the others left")
    func kills() throws {
        let home = try Household()
        let seed = UInt64.random(in: 1...1_000_000)
        var generator = SeededGenerator(seed: seed)
        try home.shell("for i in $(seq 1 60); do mkdir -p tree/d$i; head -c 400000 /dev/urandom > tree/d$i/f; done")
        try home.backUp()
        // Of others, who only chose a name like ours.
        try home.shell("mkdir out; echo mine > out/.dunnage-mine.part")
        var interrupted = 0
        for round in 0..<12 {
            let process = try Binary.start(["restore", "home", "-c", "dunnage.yaml", "--target", "out"], in: home.path)
            usleep(UInt32.random(in: 10_000..<250_000, using: &generator))
            kill(process.id, SIGKILL)
            let code = process.wait().code
            #expect(code == -SIGKILL || code == 0, "seed \(seed), round \(round)")
            if code != 0 { interrupted += 1 }
        }
        #expect(interrupted > 0, "seed \(seed)")
        let last = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out")
        #expect(last.code == 0, "seed \(seed): \(last.error)")
        #expect(try home.shell("find out -name '.dunnage-*'").output == "out/.dunnage-mine.part\n", "seed \(seed)")
        try home.shell("rm out/.dunnage-mine.part; touch -r tree out")
        #expect(try home.manifest("out") == home.manifest("tree"), "seed \(seed)")
    }
}
