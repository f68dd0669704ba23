import Glibc
import Support
import TestSupport
import Testing

@Suite(
    "Servers of tests", .enabled(if: TestTool.areThere("python3"), "python3 is not installed"),
    .timeLimit(.minutes(1)))
struct LifetimeTests {
    private static let script = "Tests/Servers/servers.py"

    @Test("end when the process that they belong to is killed, and leave nothing")
    func killedOwner() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-lifetime")
        // A shell that is killed as a whole, like a test process that is.
        let start = "python3 \(Self.script) start proxy \(folder.path)/servers --owner $$"
        let owner = try #require(popen("exec 2>&1; echo $$; \(start); kill -STOP $$", "r"))
        let pid = try #require(line(of: owner).flatMap { pid_t($0) })
        let started = try #require(line(of: owner))
        #expect(started.contains(#""port""#))
        let supervisor = try #require(line(ofFile: "\(folder.path)/servers/pid").flatMap { pid_t($0) })
        let list = try #require(line(ofFile: "/proc/\(supervisor)/task/\(supervisor)/children"))
        let children = list.split(separator: " ").compactMap { pid_t($0) }
        #expect(!children.isEmpty)
        kill(pid, SIGKILL)
        pclose(owner)
        for process in children + [supervisor] {
            // Until it has no program any more: whoever adopted it may be slow to ask for its status.
            while access("/proc/\(process)/exe", F_OK) == 0 { sched_yield() }
        }
        #expect(access("\(folder.path)/servers", F_OK) != 0)
    }

    @Test("end with their last owner")
    func lastOwner() throws {
        let folder: String
        do {
            let proxy = try ProxyServer()
            folder = proxy.processes.folder
            #expect(access(folder, F_OK) == 0)
        }
        #expect(access(folder, F_OK) != 0)
    }

    private func line(of file: UnsafeMutablePointer<FILE>) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func line(ofFile path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        return line(of: file)
    }
}
