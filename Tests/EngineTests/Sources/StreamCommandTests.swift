import Glibc
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Commands whose output is read")
struct StreamCommandTests {
    private func source(_ script: String, timeout: Duration? = nil) -> StreamSource {
        StreamSource(path: "/virtual/file", arguments: ["sh", "-c", script], timeout: timeout)
    }

    /// Everything that a command writes, read in pieces of `size`.
    private func output(
        _ source: StreamSource, size: Int = 1000, isStopped: @escaping () -> Bool = { false }
    ) throws -> [UInt8] {
        let command = try StreamCommand(source)
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try command.read(into: $0, isStopped: isStopped) }
            all += buffer[..<count]
            if count < size { break }
        }
        try command.finish(isStopped: isStopped)
        return all
    }

    @Test("all of the output comes, in full pieces, however it is written")
    func whole() throws {
        #expect(try output(source("printf abc; sleep 0.05; printf def"), size: 4) == Array("abcdef".utf8))
        #expect(try output(source("seq 1 100000")).count == 588_895)
        #expect(try output(source("true")) == [])
    }

    @Test("the environment is what is named, and standard input is empty")
    func environment() throws {
        setenv("DUNNAGE_TEST_LEAK", "leak", 1)
        var source = StreamSource(path: "/e", arguments: ["env"])
        source.environment = ["NAME": "a value", "EMPTY": ""]
        let lines = Set(String(decoding: try output(source), as: UTF8.self).split(separator: "\n"))
        let path = String(cString: getenv("PATH"))
        #expect(lines == ["NAME=a value", "EMPTY=", "PATH=\(path)"])
        source.environment = ["PATH": "/usr/bin"]
        #expect(try output(source) == Array("PATH=/usr/bin\n".utf8))
        #expect(try output(self.source("cat; echo end")) == Array("end\n".utf8))
    }

    @Test("arguments reach the program as they are, without a shell")
    func arguments() throws {
        let words = ["$HOME", "a b", "*", "'\"`", "", "ümlaut", "--"]
        let found = try output(StreamSource(path: "/e", arguments: ["printf", "%s\\n"] + words))
        #expect(String(decoding: found, as: UTF8.self) == words.map { "\($0)\n" }.joined())
    }

    @Test("a status other than 0 is a failure with the last words, without secrets")
    func status() throws {
        var source = source("echo data; for i in $(seq 20); do echo line $i hunter2 >&2; done; exit 3")
        source.redact = { $0.replacing("hunter2", with: "••••") }
        let logged = Mutex<[String]>([])
        source.log = { line in logged.withLock { $0.append(line) } }
        let failure = try #require(throws: StreamFailure.self) { try output(source) }
        #expect(failure.reason == .exit(3) && failure.path == "/virtual/file" && failure.program == "sh")
        #expect(failure.lines == (11...20).map { "line \($0) ••••" })
        #expect(failure.description.contains("ended with status 3. Its last words: line 11 •••• | line 12"))
        #expect(logged.withLock { $0.count } == 20)
    }

    @Test("a signal is a failure")
    func signal() throws {
        let failure = try #require(throws: StreamFailure.self) { try output(source("echo data; kill -KILL $$")) }
        #expect(failure.reason == .signal(SIGKILL) && failure.lines.isEmpty)
        #expect(failure.description.contains("nothing to standard error"))
    }

    @Test("a program that is not there is a failure that names it")
    func missing() throws {
        for (program, code) in [("/nowhere/program", ENOENT), ("no-such-program-at-all", ENOENT), ("/etc", EACCES)] {
            let source = StreamSource(path: "/v", arguments: [program])
            let failure = try #require(throws: StreamFailure.self) { try output(source) }
            #expect(failure.reason == .notStarted(code), "\(program)")
            #expect(failure.description.contains("“\(program)” for /v could not be started"))
        }
        let empty = try #require(throws: StreamFailure.self) { try output(StreamSource(path: "/v", arguments: [])) }
        #expect(empty.reason == .notStarted(EINVAL))
    }

    @Test("a command that takes too long is stopped, with all that it started")
    func timeout() throws {
        let folder = try TemporaryFolder()
        let source = source(
            "sh -c 'echo $$ > \(folder.path)/child; sleep 600' & echo $! >&2; wait", timeout: .milliseconds(300))
        let failure = try #require(throws: StreamFailure.self) { try output(source) }
        #expect(failure.reason == .timeout(.milliseconds(300)))
        try expectGone(folder.path + "/child")
    }

    @Test("a command that closed its output and does not end is stopped as well")
    func silent() throws {
        let failure = try #require(throws: StreamFailure.self) {
            try output(source("exec >&-; sleep 600", timeout: .milliseconds(300)))
        }
        #expect(failure.reason == .timeout(.milliseconds(300)))
    }

    @Test(
        "when the run stops, the command and its children end, also one that ignores SIGTERM", .timeLimit(.minutes(1)))
    func stopped() throws {
        let folder = try TemporaryFolder()
        let script = """
            sh -c 'trap "" TERM; echo $$ > \(folder.path)/child; while :; do sleep 0.1; done' &
            echo $$ > \(folder.path)/leader; yes
            """
        let reads = Atomic<Int>(0)
        #expect(throws: EngineError.self) {
            try output(source(script), size: 1 << 16) {
                // Not before both have begun.
                reads.add(1, ordering: .relaxed).newValue > 50 && access(folder.path + "/child", F_OK) == 0
            }
        }
        try expectGone(folder.path + "/leader")
        try expectGone(folder.path + "/child")
    }

    @Test("nobody waits for what a command has left running behind its output", .timeLimit(.minutes(1)))
    func leftBehind() throws {
        // It keeps standard error open, as the master of a shared ssh connection does.
        #expect(try output(source("sleep 600 >/dev/null & echo $! >&2; echo done")) == Array("done\n".utf8))
    }

    @Test("endless messages and lines cost nothing", .timeLimit(.minutes(1)))
    func messages() throws {
        var source = source("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; seq 1 100000 >&2; exit 1")
        let logged = Mutex<[String]>([])
        source.log = { line in logged.withLock { $0.append(line) } }
        let failure = try #require(throws: StreamFailure.self) { try output(source) }
        #expect(failure.lines == (99_991...100_000).map(String.init))
        let lines = logged.withLock { $0 }
        #expect(lines.count == StreamMessages.loggedLines + 1)
        #expect(lines[0].utf8.count == StreamMessages.shownBytes + "…".utf8.count)
    }

    /// Whether the process whose number a file holds is gone, or soon will be.
    private func expectGone(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let text = try FileDescriptor.open(path)
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = try bytes.withUnsafeMutableBytes { try text.read(into: $0) }
        let number = try #require(pid_t(String(decoding: bytes[..<count], as: UTF8.self).filter(\.isNumber)))
        for _ in 0..<500 where kill(number, 0) == 0 && !isZombie(number) { usleep(10_000) }
        #expect(kill(number, 0) != 0 || isZombie(number), "process \(number) lives", sourceLocation: sourceLocation)
    }

    /// An orphan stays one where the first process of a container does not care for it.
    private func isZombie(_ number: pid_t) -> Bool {
        guard let file = try? FileDescriptor.open("/proc/\(number)/stat") else { return true }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        return String(decoding: bytes[..<count], as: UTF8.self).contains(") Z ")
    }
}
