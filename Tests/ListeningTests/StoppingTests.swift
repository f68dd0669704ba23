import Glibc
import Listening
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("The end of a listener")
struct StoppingTests {
    @Test("waits for requests that are under way, and ends idle connections at once")
    func graceful() throws {
        let gate = Gate()
        let listener = try Self.listener { _ in
            gate.wait()
            return .text("done")
        }
        let busy = try RawClient(listener)
        try busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        let beginning = try RawClient(listener)
        try beginning.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
        let idle = try RawClient(listener)
        #expect(ListenerKit.eventually { gate.visitors == 1 && listener.statistics.connections == 3 })
        let left = Atomic(-1)
        let stopping = try WorkerThread("stop") {
            left.store(listener.stop(grace: .seconds(20)), ordering: .releasing)
        }
        #expect(idle.isClosed())
        #expect(left.load(ordering: .acquiring) == -1)
        try beginning.send("bc")
        gate.release(2)
        for client in [busy, beginning] {
            let response = try client.response()
            #expect(response.text == "done" && response.fields["Connection"] == "close")
            #expect(client.isClosed())
            client.endSending()
        }
        stopping.join()
        #expect(left.load(ordering: .acquiring) == 0)
        #expect(throws: (any Error).self) { try RawClient(listener) }
        #expect(listener.stop(grace: .seconds(1)) == 0)
    }

    @Test("breaks what is not over after the grace, and says how many handlers are still at work")
    func impatient() throws {
        let gate = Gate()
        let listener = try Self.listener { _ in
            gate.wait()
            return .text("late")
        }
        let clients = try (0..<3).map { _ in try RawClient(listener) }
        for client in clients { try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(ListenerKit.eventually { gate.visitors == 3 })
        #expect(listener.stop(grace: .milliseconds(10)) == 3)
        for client in clients { #expect(client.isClosed()) }
        gate.release(3)
    }

    @Test("ends streams: they are told, and broken after the grace")
    func streams() throws {
        let isTold = Atomic(false)
        let isBroken = Atomic(false)
        let listener = try Self.listener { request in
            ServerResponse(
                200,
                body: .stream(length: nil) { writer in
                    let isPolite = request.path == ["polite"]
                    do {
                        while !isPolite || !writer.isStopping {
                            try writer.write("x")
                            try writer.flush()
                            usleep(1000)
                        }
                        isTold.store(true, ordering: .releasing)
                    } catch {
                        isBroken.store(true, ordering: .releasing)
                        throw error
                    }
                })
        }
        let polite = try RawClient(listener)
        try polite.send("GET /polite HTTP/1.1\r\nHost: a\r\n\r\n")
        let endless = try RawClient(listener)
        try endless.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(ListenerKit.eventually { listener.statistics.requestsAtWork == 2 })
        #expect(listener.stop(grace: .milliseconds(500)) == 0)
        #expect(try polite.response().status == 200)
        #expect(throws: (any Error).self) { try endless.response() }
        #expect(isTold.load(ordering: .acquiring) && isBroken.load(ordering: .acquiring))
    }

    @Test("leaves no socket and no thread")
    func nothingLeft() throws {
        final class Canary: Sendable {}
        weak var canary: Canary?
        // Their names tell these sockets from those of other tests.
        let folder = try TemporaryFolder(prefix: "dunnage-stop")
        for round in 0..<20 {
            let bird = Canary()
            canary = bird
            let listener = try Self.listener("unix:\(folder.path)/\(round)") { _ in
                .text("\(ObjectIdentifier(bird).hashValue != 0)")
            }
            let clients = try (0..<5).map { _ in try RawClient(listener) }
            for client in clients.prefix(round % 5) {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.response().status == 200)
            }
            #expect(Self.sockets(below: folder.path).count >= 1 + round % 5)
            #expect(listener.stop(grace: round % 2 == 0 ? .zero : .seconds(5)) == 0)
            #expect(Self.sockets(below: folder.path).isEmpty)
        }
        // Whoever still ran would hold the handler, and the handler holds this.
        #expect(ListenerKit.eventually { canary == nil })
    }

    @Test("children of this process inherit none of its sockets")
    func inheritance() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-stop")
        let listener = try Self.listener("unix:\(folder.path)/s") { _ in .text("fine") }
        let client = try RawClient(listener)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.response().status == 200)
        let sockets = Self.sockets(below: folder.path)
        #expect(sockets.count == 2 && sockets.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
        listener.stop(grace: .zero)
    }

    private static func listener(
        _ address: String = "127.0.0.1:0", _ handler: @escaping Listener.Handler
    ) throws -> Listener {
        let listener = Listener([.init(try ListenAddress(address))], handler: handler)
        try listener.start()
        return listener
    }

    /// The sockets of this process that are bound to files of a folder: those that listen, and those that were accepted.
    private static func sockets(below folder: String) -> [Int32] {
        (0..<Int32(8192)).filter { descriptor in
            var address = sockaddr_un()
            var length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            guard status == 0, address.sun_family == AF_UNIX else { return false }
            return withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                .hasPrefix(folder)
        }
    }
}
