import Glibc
import JSON
import Testing

@Suite("Deletions that are killed")
struct KilledDeleteTests {
    @Test("whenever the process dies, the next run goes on without reading everything again, and all is whole")
    func killed() throws {
        let household = try Household()
        for number in 0..<4 {
            try household.write("state \(number)", to: "tree/letters/first.txt")
            try household.backUp()
        }
        _ = try household.shell("mkdir kept && cp -a backup state kept/")
        let expected = try household.manifest("tree")
        var counts: Set<Int> = []
        for delay in stride(from: 0, to: 160, by: 10) {
            try household.shell("rm -rf backup state && cp -a kept/backup kept/state .")
            let victim = try Binary.start(
                ["delete", "home", "1", "2", "3", "-c", "dunnage.yaml", "--yes", "-q"], in: household.path)
            usleep(UInt32(delay) * 1000)
            kill(victim.id, SIGKILL)
            _ = victim.wait()
            let listed = try household.json("versions", "home", "-c", "dunnage.yaml", "--json")
            let left = try #require(listed["versions"]?.array)
            counts.insert(left.count)
            #expect((1...4).contains(left.count))
            let next = try household.backUp()
            #expect(!next.error.contains("rebuilt"), "after \(delay) ms: \(next.error)")
            let verified = try household.dunnage("verify", "home", "-c", "dunnage.yaml", "-q")
            #expect(verified.code == 0, "after \(delay) ms: \(verified.output) \(verified.error)")
        }
        print("versions left by killed deletions: \(counts.sorted())")
        try household.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "\(household.path)/restored", "-q")
        #expect(try household.manifest("restored") == expected)
    }
}
