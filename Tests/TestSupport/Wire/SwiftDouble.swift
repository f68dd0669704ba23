internal import Cryptography
internal import Glibc
internal import Support
internal import Synchronization

/// A container in memory behind OpenStack Swift's protocol, with the login of version 1 at `/auth/v1.0`.
public final class SwiftDouble: WireServer {
    /// The only user that is let in.
    public static let user = "test:wire"
    /// The user's key.
    public static let key = "wire-double-key"

    private struct State {
        var logins = 0
        var oldestLogin = 1
    }

    private let container: String
    /// What it keeps.
    public let memory = WireMemory(pageSize: 10_000)
    private let state = Mutex(State())

    /// An empty container.
    public init(container: String) {
        self.container = container
    }

    /// How often somebody logged in.
    public var logins: Int { state.withLock { $0.logins } }
    /// Makes every login of the past invalid.
    public func expireLogins() { state.withLock { $0.oldestLogin = $0.logins + 1 } }

    /// Answers a request as a good server would.
    public func answer(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        let target = WireTarget(request.target)
        if target.path == "/auth/v1.0" { return login(request) }
        if target.path == "/info" { return reply(404) }
        guard let token = request["x-auth-token"], isValid(token) else { return reply(401, "Unauthorized") }
        let segments = target.segments(3)
        guard segments.prefix(2) == ["v1", "AUTH_wire"] else { return reply(404) }
        if segments.count == 2 || segments[2].isEmpty {
            if request.method == "POST", target.query["bulk-delete"] != nil { return bulk(request) }
            return request.method == "HEAD" ? reply(204, headers: [("X-Account-Bytes-Used", "0")]) : reply(405)
        }
        guard segments[2] == container else {
            // The container of large objects' segments, and others that may be made.
            return request.method == "PUT" && segments.count == 3 ? reply(201) : reply(404)
        }
        guard segments.count > 3, !segments[3].isEmpty else { return self.container(request, target) }
        return object(request, segments[3])
    }

    private func login(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        guard request["x-auth-user"] == Self.user, request["x-auth-key"] == Self.key else {
            return reply(401, "Unauthorized")
        }
        let number = state.withLock { state -> Int in
            state.logins += 1
            return state.logins
        }
        let host = request["host"] ?? "127.0.0.1"
        return reply(
            200,
            headers: [
                ("X-Auth-Token", "AUTH_tkwire\(number)"), ("X-Storage-Url", "http://\(host)/v1/AUTH_wire"),
                ("X-Auth-Token-Expires", "3600"),
            ])
    }

    private func isValid(_ token: String) -> Bool {
        guard token.hasPrefix("AUTH_tkwire"), let number = Int(token.dropFirst(11)) else { return false }
        return state.withLock { number >= $0.oldestLogin && number <= $0.logins }
    }

    private func container(
        _ request: LoopbackHTTPServer.Request, _ target: WireTarget
    ) -> LoopbackHTTPServer.Reply {
        switch request.method {
        case "HEAD": reply(204, headers: [("X-Container-Object-Count", "\(objects.count)")])
        case "PUT": reply(202)
        case "GET": listing(target)
        default: reply(405)
        }
    }

    private func object(_ request: LoopbackHTTPServer.Request, _ name: String) -> LoopbackHTTPServer.Reply {
        let stored = objects[name]
        switch request.method {
        case "PUT":
            if request["if-none-match"] == "*", stored != nil { return reply(412, "Precondition Failed") }
            let digest = HashContext(.md5).hash(request.body).hex
            if let etag = request["etag"], etag != digest { return reply(422, "Unprocessable Entity") }
            store(name, request.body)
            return reply(201, headers: [("Etag", digest)])
        case "DELETE":
            if undeletable.contains(name) { return reply(403, "Forbidden") }
            return remove(name) ? reply(204) : reply(404)
        case "GET", "HEAD":
            guard let stored else { return reply(404, "Not Found") }
            let etag = HashContext(.md5).hash(stored).hex
            if let match = request["if-match"], match.filter({ $0 != "\"" }) != etag { return reply(412) }
            return WireRange.reply(
                stored, request["range"],
                headers: ids + [("Etag", etag), ("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT")])
        default: return reply(405)
        }
    }

    private func listing(_ target: WireTarget) -> LoopbackHTTPServer.Reply {
        let prefix = target.query["prefix"] ?? ""
        let marker = target.query["marker"] ?? ""
        let page = page(of: prefix, after: marker, atMost: Int(target.query["limit"] ?? "") ?? 10_000).names
        var rows = page.map { name in
            let body = objects[name] ?? []
            return
                "{\"name\":\(Self.quoted(name)),\"bytes\":\(body.count),\"hash\":\"\(HashContext(.md5).hash(body).hex)\","
                + "\"content_type\":\"application/octet-stream\",\"last_modified\":\"2026-01-02T03:04:05.678900\"}"
        }
        if oddity == .folders, let last = page.last { rows.append("{\"subdir\":\(Self.quoted("\(last)/"))}") }
        return reply(
            200, "[\(rows.joined(separator: ","))]", headers: [("Content-Type", "application/json; charset=utf-8")])
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private func bulk(_ request: LoopbackHTTPServer.Request) -> LoopbackHTTPServer.Reply {
        var (deleted, missing) = (0, 0)
        var errors: [String] = []
        for line in String(decoding: request.body, as: UTF8.self).split(separator: "\n") {
            let name = WireTarget("/\(line.drop { $0 == "/" })").segments(1).last ?? ""
            if undeletable.contains(name) {
                errors.append("[\(Self.quoted(String(line))),\"403 Forbidden\"]")
            } else if !remove(name) {
                missing += 1
            } else {
                deleted += 1
            }
        }
        let status = errors.isEmpty ? "200 OK" : "400 Bad Request"
        return reply(
            200,
            "{\"Response Status\":\"\(status)\",\"Number Deleted\":\(deleted),\"Number Not Found\":\(missing),"
                + "\"Errors\":[\(errors.joined(separator: ","))]}", headers: [("Content-Type", "application/json")])
    }

    private var ids: [(String, String)] { [("X-Trans-Id", "txwire0001")] }

    private func reply(
        _ status: Int, _ body: String = "", headers: [(String, String)] = []
    ) -> LoopbackHTTPServer.Reply {
        .response(status: status, headers: ids + headers, body: Array(body.utf8))
    }
}
