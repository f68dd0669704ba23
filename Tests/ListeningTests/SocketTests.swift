import Glibc
import Listening
import Support
import TestSupport
import Testing
import Transport

@Suite("A listener at a Unix socket")
struct SocketTests {
    @Test("serves this user alone, knows who asks, and leaves no file")
    func service() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-socket")
        let path = "\(folder.path)/run.sock"
        let listener = try Self.listener(path)
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o7777 == 0o600)
        var request = HTTPRequest(.get, "http://localhost/a")
        request.unixSocket = path
        let response = try ListenerKit.transport().send(request)
        #expect(String(decoding: response.body, as: UTF8.self) == "user \(getuid()) (process \(getpid())) unix:\(path)")
        listener.stop(grace: .zero)
        #expect(access(path, F_OK) != 0)
    }

    @Test("replaces a socket whose process is gone, and nothing else")
    func stale() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-socket")
        let path = "\(folder.path)/run.sock"
        try Self.leaveSocket(path)
        let listener = try Self.listener(path)
        let error = #expect(throws: ListeningError.self) { try Self.listener(path) }
        #expect(error == .socketInUse(path: path))
        // The refused one took nothing away.
        let client = try RawClient(listener)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.response().status == 200)
        listener.stop(grace: .zero)

        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        _ = consume file
        #expect(throws: ListeningError.notASocket(path: path)) { try Self.listener(path) }
        #expect(access(path, F_OK) == 0)
        #expect(throws: ListeningError.self) { try Self.listener("\(folder.path)/nowhere/run.sock") }
    }

    @Test("removes no socket that another process has put in its place")
    func replaced() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-socket")
        let path = "\(folder.path)/run.sock"
        let listener = try Self.listener(path)
        unlink(path)
        try Self.leaveSocket(path)
        listener.stop(grace: .zero)
        #expect(access(path, F_OK) == 0)
    }

    @Test("of many that begin at the same time one listens")
    func race() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-socket")
        let path = "\(folder.path)/run.sock"
        try Self.leaveSocket(path)
        let listeners = try (0..<8).map { _ in
            Listener([.init(try ListenAddress("unix:\(path)"))]) { _ in .text("") }
        }
        let threads = try listeners.map { listener in try WorkerThread("race") { try? listener.start() } }
        for thread in threads { thread.join() }
        #expect(listeners.count { !$0.addresses.isEmpty } == 1)
        for listener in listeners { listener.stop(grace: .zero) }
        #expect(access(path, F_OK) != 0)
    }

    private static func listener(_ path: String) throws -> Listener {
        let listener = Listener([.init(try ListenAddress("unix:\(path)"))]) { request in
            .text("\(request.peer) \(request.endpoint)")
        }
        try listener.start()
        return listener
    }

    /// Leaves a socket at which nobody listens any more.
    private static func leaveSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var form = sockaddr_un()
        form.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &form.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let status = withUnsafePointer(to: &form) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw SystemError("bind", path: path) }
    }
}
