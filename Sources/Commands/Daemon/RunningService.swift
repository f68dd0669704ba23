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

        /// The document; `null` for something else, which has none of the members that are looked for.
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
    /// - Throws: `TransportError` when something does, and does not answer.
    func isThere() throws(TransportError) -> Bool {
        guard access(socket, F_OK) == 0 else { return false }
        do throws(TransportError) {
            _ = try get("/livez")
            return true
        } catch  where error.kind == .connection {
            // A service that is gone has left its socket.
            return false
        }
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
