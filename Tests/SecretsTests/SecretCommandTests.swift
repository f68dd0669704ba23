import Glibc
import Support
import Synchronization
import Testing

@testable import Secrets

@Suite struct SecretCommandTests {
    private func run(
        _ arguments: [String], environment: [String: Template] = [:], timeout: Int64 = 30,
        variables: [String: String] = [:]
    ) throws(SecretError) -> String {
        try SecretKit.fetch(
            .command(SecretCommand(arguments, environment: environment, timeout: timeout)),
            environment: ["PATH": "/usr/bin:/bin"].merging(variables) { $1 })
    }

    private func cause(_ arguments: [String], timeout: Int64 = 30) -> SecretProviderFailure.Cause? {
        SecretKit.cause(
            .command(SecretCommand(arguments, timeout: timeout)), environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test("the output without one newline is the secret, and no shell reads the arguments")
    func output() throws {
        #expect(try run(["printf", "%s\\n", "a; $(id) *"]) == "a; $(id) *")
        #expect(try run(["printf", "a\\n\\n"]) == "a\n")
    }

    @Test("what goes to standard error is no part of the secret")
    func messages() throws {
        #expect(try run(["sh", "-c", "echo warning >&2; echo value"]) == "value")
        #expect(try run(["sh", "-c", "head -c 300000 /dev/zero >&2; echo value"]) == "value")
    }

    @Test("a command has only the environment that is named")
    func environment() throws {
        let text = try run(
            ["env"], environment: ["TOKEN": Template("t")],
            variables: ["HOME": "/home/x", "OTHER_SECRET": "geheim", "LANG": "C"])
        #expect(text.split(separator: "\n").sorted() == ["HOME=/home/x", "LANG=C", "PATH=/usr/bin:/bin", "TOKEN=t"])
    }

    @Test("every way to fail has its own words, with the last line of the messages and without the value")
    func failures() throws {
        #expect(cause(["/nonexistent/program"]) == .programMissing)
        #expect(
            cause(["sh", "-c", "echo geheim; echo no such geheim >&2; exit 3"])
                == .failed(status: 3, "no such ••••"))
        #expect(cause(["sh", "-c", "kill -9 $$"]) == .killed(signal: 9))
        #expect(cause(["true"]) == .empty)
        #expect(cause(["printf", "\\377"]) == .notText)
        #expect(cause(["head", "-c", "65537", "/dev/zero"]) == .tooLarge(limit: ByteCount(64 << 10)))
        #expect(cause(["head", "-c", "900000", "/dev/zero"]) == .tooLarge(limit: ByteCount(64 << 10)))
    }

    @Test("a command that takes too long is stopped with all that it started")
    func timeout() throws {
        let folder = try TemporaryFolder()
        let script = "sleep 600 & echo $! > \(folder.path)/child; wait"
        #expect(cause(["sh", "-c", script], timeout: 1) == .timeout(.seconds(1)))
        let number = try SmallFile.read("\(folder.path)/child", limit: 32)
        let child = try #require(Int32(String(decoding: number.filter { $0 > 0x20 }, as: UTF8.self)))
        // It was killed, and may still be on its way; or be a zombie of the first process.
        var isThere = true
        for _ in 0..<1000 where isThere {
            let state = (try? SmallFile.read("/proc/\(child)/stat", limit: 512)).map {
                String(decoding: $0, as: UTF8.self)
            }
            isThere = state.map { !$0.contains(") Z ") } ?? false
            if isThere { usleep(10_000) }
        }
        #expect(!isThere)
    }

    @Test("a command that closes its output and goes on is waited for")
    func lingering() throws {
        #expect(try run(["sh", "-c", "echo value; exec >&-; sleep 0.2"]) == "value")
        #expect(cause(["sh", "-c", "echo value; exec >&-; exit 4"]) == .failed(status: 4, ""))
    }

    @Test("each job fetches anew, so that a rotated secret is picked up")
    func rotation() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/now"
        try SecretKit.write("first", to: path)
        let store = SecretKit.store(["s": .command(SecretCommand(["cat", path]))], environment: ["PATH": "/bin"])
        #expect(try store.secret(SecretReference("s")).reveal() == "first")
        try SecretKit.write("second", to: path)
        #expect(try store.secret(SecretReference("s")).reveal() == "first")
        #expect(try store.refreshed().secret(SecretReference("s")).reveal() == "second")
        #expect(store.mask.apply(to: "first second") == "•••• ••••")
    }
}
