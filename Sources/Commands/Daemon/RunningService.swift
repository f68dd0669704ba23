internal import Glibc
internal import JSON
internal import Jobs
internal import Transport

/// A service that runs on this machine, as its socket answers.
struct RunningService {
    /// What a request brought: a document, a text, or a refusal.
    struct Answer {
        let status: Int
        let body: [UInt8]

        /// The document; `null` for something else.
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        /// What is wrong, in words.
        var detail: String { json["detail"]?.string ?? "The service answered with status \(status)." }
    }

    private let socket: String
    private let transport = Transport(version: ProgramVersion.current, usesProxies: false)

    /// The service of a state folder.
    init(_ state: StateFolder) {
        socket = state.socket
    }

    /// Whether something listens there.
    var isThere: Bool {
        guard access(socket, F_OK) == 0 else { return false }
        return (try? get("/livez")) != nil
    }

    /// Asks for something.
    /// - Throws: `TransportError` when nothing answers.
    func get(_ path: String) throws(TransportError) -> Answer { try send(.get, path, []) }

    /// Has something done.
    /// - Throws: `TransportError` when nothing answers.
    func post(_ path: String) throws(TransportError) -> Answer { try send(.post, path, []) }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]) throws(TransportError) -> Answer {
        var request = HTTPRequest(method, "http://localhost\(path)", body: body)
        request.unixSocket = socket
        request.timeouts.whole = .seconds(15)
        request.maximumResponseBytes = 8 << 20
        let response = try transport.send(request)
        return Answer(status: response.status, body: response.body)
    }
}
