import Glibc
import Support
import Testing

@testable import StoreFormat

@Suite("Programs that help")
struct ChildProcessTests {
    private func run(_ script: String) throws -> (end: ChildProcess.End, output: String) {
        let folder = try TemporaryFolder()
        let input = try FileDescriptor.open("/dev/null")
        let output = try FileDescriptor.open("\(folder.path)/output", flags: O_RDWR | O_CREAT)
        let end = try ChildProcess.run(["sh", "-c", script], descriptors: [input.raw, output.raw])
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try output.read(into: $0, at: 0) }
        return (end, String(decoding: bytes[..<count], as: UTF8.self))
    }

    @Test("they can be stopped, although this program blocks the signals for it")
    func signals() throws {
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        sigaddset(&blocked, SIGINT)
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let mask = try run("grep SigBlk /proc/self/status").output
        #expect(mask.split(separator: "\t").last == "0000000000000000\n", "\(mask)")
        #expect(try run("kill -TERM $$; sleep 1").end == .signal(SIGTERM))
    }

    @Test("their ends are told apart")
    func ends() throws {
        #expect(try run("exit 3").end == .exit(3))
        #expect(throws: SystemError.self) { try ChildProcess.run(["no-such-program"], descriptors: []) }
    }
}
