import Glibc
import Support
import Testing

@Suite("Programs that are started")
struct ProcessStartTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs a script with its output in a file.
    private func run(
        _ script: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"], leadsGroup: Bool = false
    ) throws -> (status: Int32, output: String) {
        let output = try FileDescriptor.open("\(folder.path)/output", flags: O_RDWR | O_CREAT | O_TRUNC)
        let process = try ProcessStart(
            "sh", arguments: ["-c", script], environment: environment, descriptors: [nil, output.raw, output.raw],
            leadsGroup: leadsGroup
        ).start()
        var status: Int32 = 0
        #expect(waitpid(process, &status, 0) == process)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try output.read(into: $0, at: 0) }
        return (status, String(decoding: bytes[..<count], as: UTF8.self))
    }

    @Test("they have the descriptors and variables that were named, and no others")
    func surroundings() throws {
        let kept = try FileDescriptor.open("/dev/null", flags: O_RDONLY)
        #expect(kept.raw > 2)
        let script = "cat; echo $(ls /proc/self/fd | wc -w) $NAME $HOME"
        // `ls` opens the folder itself.
        #expect(try run(script, environment: ["PATH": "/usr/bin:/bin", "NAME": "value"]).output == "4 value\n")
    }

    @Test("descriptors may have the numbers of each other's places")
    func crossed() throws {
        let paths = ["\(folder.path)/first", "\(folder.path)/second"]
        let files = paths.map { path in open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        defer { for file in files { close(file) } }
        // The higher number comes first, so that every copy could hit a source that is still wanted.
        let process = try ProcessStart(
            "/bin/sh", arguments: ["-c", "echo one >&1; echo two >&2"], environment: [:],
            descriptors: [nil, files[1], files[0]]
        ).start()
        #expect(waitpid(process, nil, 0) == process)
        #expect(
            try paths.map { String(decoding: try SmallFile.read($0, limit: 64), as: UTF8.self) } == ["two\n", "one\n"])
    }

    @Test("signals that this process blocks are theirs, and a group has its leader's number")
    func signals() throws {
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #expect(try run("kill -TERM $$; sleep 9").status & 0x7F == SIGTERM)
        #expect(try run("test $(cut -d' ' -f5 /proc/$$/stat) = $$", leadsGroup: true).status == 0)
        #expect(try run("test $(cut -d' ' -f5 /proc/$$/stat) = $$", leadsGroup: false).status != 0)
    }

    @Test("a program is looked for where its own path says; one that is missing is told from one that may not be run")
    func search() throws {
        let script = try FileDescriptor.open("\(folder.path)/tool", flags: O_WRONLY | O_CREAT, mode: 0o600)
        try Array("#!/bin/sh\nexit 7\n".utf8).withUnsafeBytes { try script.write(all: $0) }
        func code(_ name: String) -> Int32? {
            do throws(SystemError) {
                let process = try ProcessStart(name, environment: ["PATH": folder.path], descriptors: []).start()
                var status: Int32 = 0
                waitpid(process, &status, 0)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("sh") == ENOENT && code("") == ENOENT && code("/nonexistent") == ENOENT)
        #expect(code("tool") == EACCES)
        chmod("\(folder.path)/tool", 0o700)
        _ = consume script
        #expect(code("tool") == nil)
    }
}
