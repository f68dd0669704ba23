import Glibc
import Support
import Testing

@Suite("File systems that refuse")
struct SystemLimitTests {
    /// Whether this process may mount: containers deny it to their root.
    static let canMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder(prefix: "dunnage-mount") else { return false }
        let done = try? Binary.shell(
            "mount -t tmpfs -o size=64k tmpfs '\(folder.path)' && umount '\(folder.path)'", in: "/")
        return done?.code == 0
    }()

    @Test("a full disk fails the run with 1 and loses nothing", .enabled(if: canMount))
    func full() throws {
        let home = try Household()
        try home.shell("mount -t tmpfs -o size=6m,mode=0700 tmpfs backup")
        defer { _ = try? home.shell("umount -l backup") }
        try home.backUp()
        let before = try home.manifest("tree")
        let state = try home.storeState()
        try home.shell("head -c 20000000 /dev/urandom > tree/huge")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 1, "\(run.error)")
        #expect(run.error.contains("code=E306"))
        #expect(run.error.contains("Free some space"))
        // What was there is there, and complete.
        for line in state.split(separator: "\n") { #expect(try home.storeState().contains(line)) }
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        #expect(try home.manifest("out") == before)
        try home.shell("rm tree/huge")
        try home.backUp()
    }

    @Test("a destination that cannot be written to fails the run with 77", .enabled(if: canMount))
    func readOnly() throws {
        let home = try Household()
        try home.shell("mount -t tmpfs -o size=32m,mode=0700 tmpfs backup")
        defer { _ = try? home.shell("umount -l backup") }
        try home.backUp()
        try home.shell("mount -o remount,ro backup; date >> tree/letters/first.txt")
        let run = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(run.code == 77, "\(run.error)")
        #expect(run.error.contains("code=E305"))
        // Reading does not need to write there.
        #expect(try home.dunnage("verify", "home", "-c", "dunnage.yaml").code == 0)
    }
}
