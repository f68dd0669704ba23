internal import Support
internal import Synchronization
internal import Transport

/// A server that hands every request to a real one, keeps what went by, and can answer for itself now and then.
///
/// The `Host` stays what the client wrote, so that signatures stay right.
public final class RelayServer: Sendable {
    /// What happens instead of handing a request on; nil hands it on.
    public typealias Fault = @Sendable (LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply?

    /// A request with the status that it was answered with; 0 where the connection was cut.
    public struct Passed: Sendable {
        /// The request, without its body.
        public let request: LoopbackHTTPServer.Request
        /// How many bytes its body had.
        public let size: Int
        /// The answer's status.
        public let status: Int
    }

    private struct State {
        var passed: [Passed] = []
        var fault: Fault?
    }

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    private let box: Box
    private let http: LoopbackHTTPServer

    /// Its address without a path.
    public var url: String { http.url }
    /// What went by.
    public var passed: [Passed] { box.state.withLock { $0.passed } }

    /// Stands before a server at an address without a path.
    public init(before target: String) throws {
        let box = Box()
        let transport = Transport(version: "relay", settings: TransportSettings(proxy: .none))
        http = try LoopbackHTTPServer { request, _ in
            var reply: LoopbackHTTPServer.Reply
            var status = 0
            if let fault = box.state.withLock({ $0.fault })?(request) {
                reply = fault
                if case .response(let code, _, _) = reply { status = code }
            } else {
                (reply, status) = Self.forward(request, to: target, transport)
            }
            let kept = LoopbackHTTPServer.Request(
                method: request.method, target: request.target, headers: request.headers, body: [])
            box.state.withLock { $0.passed.append(Passed(request: kept, size: request.body.count, status: status)) }
            return reply
        }
        self.box = box
    }

    deinit { http.stop() }

    /// Sets what happens instead.
    public func fail(_ fault: Fault?) { box.state.withLock { $0.fault = fault } }

    /// Forgets what went by.
    public func forget() { box.state.withLock { $0.passed = [] } }

    /// Hands a request on, as a fault may want to do before it fails.
    public static func forward(_ request: LoopbackHTTPServer.Request, to target: String) -> LoopbackHTTPServer.Reply {
        forward(request, to: target, Transport(version: "relay", settings: TransportSettings(proxy: .none))).reply
    }

    private static func forward(
        _ request: LoopbackHTTPServer.Request, to target: String, _ transport: Transport
    ) -> (reply: LoopbackHTTPServer.Reply, status: Int) {
        guard let method = HTTPRequest.Method(rawValue: request.method) else { return (.hangUp, 0) }
        var headers: HTTPHeaders = [:]
        for (name, value) in request.headers where !Self.ofConnection.contains(name) { headers.append(name, value) }
        let asked = HTTPRequest(
            method, target + request.target, headers: headers, body: request.body, maximumResponseBytes: 64 << 20,
            followsRedirects: false)
        do throws(TransportError) {
            let response = try transport.send(asked)
            let fields = response.headers.fields.filter { !Self.ofConnection.contains($0.name.lowercased()) }
            if request.method == "HEAD" {
                // Its length is that of a body which does not come.
                var head = "HTTP/1.1 \(response.status) Relayed\r\n"
                for field in fields { head += "\(field.name): \(field.value)\r\n" }
                head += "Content-Length: \(response.headers["Content-Length"] ?? "0")\r\n\r\n"
                return (.raw(Array(head.utf8)), response.status)
            }
            return (
                .response(status: response.status, headers: fields.map { ($0.name, $0.value) }, body: response.body),
                response.status
            )
        } catch {
            return (.hangUp, 0)
        }
    }

    private static let ofConnection: Set<String> = [
        "connection", "content-length", "transfer-encoding", "keep-alive", "expect", "accept-encoding",
    ]
}
