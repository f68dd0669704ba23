internal import JSON
internal import Support
internal import Synchronization

/// An identity service of versions 2 and 3 in front of a scripted Swift, with a catalogue that is easy to get wrong.
///
/// The first endpoint of the catalogue is an admin's, and every endpoint has a path of its own, so that a test sees
/// which one was taken: `/one-public/v1/AUTH_wire` and so on.
public final class KeystoneDouble: Sendable {
    /// The storage.
    public let swift: SwiftDouble
    /// The only login that is accepted is the one that this says yes to: the body's `auth`.
    private let accepts: @Sendable (JSONValue) -> Bool
    private let endpoints = Mutex<[String]>([])

    /// The first parts of the paths that storage was asked for, without repetitions, in order.
    public var usedEndpoints: [String] { endpoints.withLock { $0 } }

    /// A service that accepts a login by its `auth`, given as JSON.
    public init(container: String, accepting auth: String...) {
        swift = SwiftDouble(container: container)
        accepts = { given in auth.contains { (try? JSONValue(parsing: $0)) == given } }
    }

    /// Answers a request.
    public func answer(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        let target = WireTarget(request.target)
        switch (request.method, target.path) {
        case ("GET", "/"):
            // Behind a proxy, the service believes to be somewhere else.
            return reply(
                300,
                #"{"versions":{"values":[{"id":"v3.14","status":"stable","links":[{"rel":"self","#
                    + #""href":"http://10.0.0.1:35357/v3/"}]},{"id":"v2.0","status":"deprecated","links":[]}]}}"#)
        case ("POST", "/v3/auth/tokens"): return login(request, version: 3)
        case ("POST", "/v2.0/tokens"): return login(request, version: 2)
        default: return storage(request)
        }
    }

    private func login(_ request: LoopbackHTTPServer.Request, version: Int) -> LoopbackHTTPServer.Reply {
        let auth = (try? JSONValue(parsing: request.body))?["auth"] ?? .null
        guard accepts(auth) else {
            return reply(
                401,
                #"{"error":{"code":401,"message":"The request you have made requires authentication.","#
                    + #""title":"Unauthorized"}}"#)
        }
        let own = LoopbackHTTPServer.Request(
            method: "GET", target: "/auth/v1.0",
            headers: [("x-auth-user", SwiftDouble.user), ("x-auth-key", SwiftDouble.key)], body: [])
        guard case .response(_, let headers, _) = swift.answer(own),
            let token = headers.first(where: { $0.0 == "X-Auth-Token" })?.1
        else { return reply(500) }
        let host = "http://\(request["host"] ?? "127.0.0.1")"
        func url(_ place: String) -> String { "\(host)/\(place)/v1/AUTH_wire" }
        if version == 2 {
            return reply(
                200,
                #"{"access":{"token":{"id":"\#(token)","expires":"2099-01-01T00:00:00Z"},"user":{},"serviceCatalog":[{"#
                    + #""type":"object-store","endpoints":[{"region":"One","publicURL":"\#(url("one-public"))","#
                    + #""internalURL":"\#(url("one-internal"))","adminURL":"\#(url("one-admin"))"}]}]}}"#)
        }
        let rows = [("admin", "One"), ("internal", "One"), ("public", "One"), ("public", "Two")].map { row in
            #"{"interface":"\#(row.0)","region":"\#(row.1)","region_id":"\#(row.1)","#
                + #""url":"\#(url("\(row.1.lowercased())-\(row.0)"))"}"#
        }
        return reply(
            201,
            #"{"token":{"expires_at":"2099-01-01T00:00:00.000000Z","project":{"id":"wire"},"catalog":[{"#
                + #""type":"object-store","endpoints":[\#(rows.joined(separator: ","))]}]}}"#,
            headers: [("X-Subject-Token", token)])
    }

    private func storage(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        let parts = request.target.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].contains("-") else { return swift.answer(request) }
        let place = String(parts[0])
        endpoints.withLock { if !$0.contains(place) { $0.append(place) } }
        return swift.answer(
            LoopbackHTTPServer.Request(
                method: request.method, target: "/\(parts[1])", headers: request.headers, body: request.body))
    }

    private func reply(
        _ status: Int, _ body: String = "", headers: [(String, String)] = []
    ) -> LoopbackHTTPServer.Reply {
        .response(status: status, headers: headers, body: Array(body.utf8))
    }
}
