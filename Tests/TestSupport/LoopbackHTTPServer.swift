internal import Glibc
internal import Support
internal import Synchronization

/// A real HTTP server on the loopback interface that answers as the test says and keeps what it was asked.
public final class LoopbackHTTPServer: Sendable {
    /// What the server does with a request.
    public enum Reply: Sendable {
        /// Answers, and keeps the connection open.
        case response(status: Int, headers: [(String, String)] = [], body: [UInt8] = [])
        /// Sends these bytes as they are, and closes the connection.
        case raw([UInt8])
        /// Sends these bytes, and then nothing until the client goes away or the server stops.
        case beginning([UInt8])
        /// Sends these pieces with a pause before each, and closes the connection.
        case slow([[UInt8]], pauseMilliseconds: UInt32)
        /// Closes the connection without a word.
        case hangUp
        /// Says nothing until the client goes away or the server stops.
        case silence
    }

    /// A request as it came in.
    public struct Request: Sendable {
        /// The method.
        public let method: String
        /// The path and query.
        public let target: String
        /// The header fields in their order, with names in lower case.
        public let headers: [(name: String, value: String)]
        /// The body.
        public let body: [UInt8]

        /// A request that did not come over a connection, for a server behind another.
        public init(method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]) {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
        }

        /// The first value of a header field; the name is in lower case.
        public subscript(header: String) -> String? { headers.first { $0.name == header }?.value }
    }

    private struct State {
        var requests: [Request] = []
        var connections: Set<Int32> = []
        var accepted = 0
        var isStopped = false
        var threads: [WorkerThread] = []
    }

    /// The port that the system chose.
    public let port: Int

    private let listener: Int32
    private let state = Mutex(State())
    private let answer: @Sendable (Request, Int) -> Reply

    /// The server's address without a path.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// The number of connections so far.
    public var connectionCount: Int { state.withLock { $0.accepted } }

    /// Starts a server that asks `answer` about each request, with the request's number counted from 1.
    public init(answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SystemError("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) | listen(listener, 64) | getsockname(listener, pointer, &length)
            }
        }
        guard status == 0 else {
            close(listener)
            throw SystemError("listen")
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        try begin()
    }

    /// Starts a server on a socket of this machine, at a path that must not exist.
    public init(socket path: String, answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        self.answer = answer
        port = 0
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SystemError("socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let listener = listener
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) | listen(listener, 64)
            }
        }
        guard status == 0 else {
            close(listener)
            throw SystemError("listen", path: path)
        }
        try begin()
    }

    private func begin() throws {
        let acceptor = try WorkerThread("http-accept") { [self] in acceptConnections() }
        state.withLock { $0.threads.append(acceptor) }
    }

    /// Starts a server that gives these replies in turn, and the last one for ever.
    public convenience init(_ replies: [Reply]) throws {
        try self.init { _, number in replies.isEmpty ? .hangUp : replies[min(number, replies.count) - 1] }
    }

    /// Ends every connection and every thread; a test has to call it, or else the server lives on.
    public func stop() {
        let threads = state.withLock { state -> [WorkerThread] in
            guard !state.isStopped else { return [] }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
            return state.threads
        }
        guard !threads.isEmpty else { return }
        for thread in threads { thread.join() }
        close(listener)
    }

    private func acceptConnections() {
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0, errno == EINTR { continue }
            guard connection >= 0 else { return }
            let isWelcome = state.withLock { state -> Bool in
                guard !state.isStopped else { return false }
                state.accepted += 1
                state.connections.insert(connection)
                if let thread = try? WorkerThread("http-serve", { [self] in serve(connection) }) {
                    state.threads.append(thread)
                    return true
                }
                state.connections.remove(connection)
                return false
            }
            if !isWelcome { close(connection) }
        }
    }

    private func serve(_ connection: Int32) {
        defer {
            state.withLock { _ = $0.connections.remove(connection) }
            close(connection)
        }
        var reader = HTTPRequestReader(connection: connection)
        while let request = reader.next() {
            let number = state.withLock { state -> Int in
                state.requests.append(request)
                return state.requests.count
            }
            switch answer(request, number) {
            case .response(let status, let headers, let body):
                var head = "HTTP/1.1 \(status) Scripted\r\nContent-Length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                let content = request.method == "HEAD" ? [] : body
                guard send(Array("\(head)\r\n".utf8) + content, to: connection) else { return }
            case .raw(let bytes):
                _ = send(bytes, to: connection)
                return
            case .beginning(let bytes):
                guard send(bytes, to: connection) else { return }
                while reader.waitForMore() {}
                return
            case .slow(let pieces, let pause):
                for piece in pieces {
                    usleep(pause * 1000)
                    guard send(piece, to: connection) else { return }
                }
                return
            case .hangUp: return
            case .silence:
                while reader.waitForMore() {}
                return
            }
        }
    }

    private func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let base = bytes.baseAddress {
                let count = Glibc.send(connection, base + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }
}
