import Destinations
import Support
import TestSupport
import Transport

/// Requests to a real Swift beside the destination: what tests arrange, and what they look at.
struct RawSwift {
    struct Unexpected: Error, CustomStringConvertible { let description: String }

    private let transport = Transport(version: "test", usesProxies: false)
    let token: String
    let account: String

    /// Logs in with version 1.
    init(_ server: SwiftServer, as user: SwiftServer.User? = nil) throws {
        let user = user ?? server.user
        let answer = try transport.send(
            HTTPRequest(.get, server.authURL, headers: ["X-Auth-User": user.name, "X-Auth-Key": user.key.reveal()]))
        guard let token = answer.headers["X-Auth-Token"], let account = answer.headers["X-Storage-Url"] else {
            throw Unexpected(description: "no login: \(answer.status)")
        }
        self.token = token
        self.account = account
    }

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ fields: [String: String] = [:], body: [UInt8] = []
    ) throws -> HTTPResponse {
        var headers: HTTPHeaders = ["X-Auth-Token": token]
        for (name, value) in fields { headers[name] = value }
        let answer = try transport.send(
            HTTPRequest(method, "\(account)/\(path)", headers: headers, body: body, maximumResponseBytes: 64 << 20))
        guard answer.status < 400 || answer.status == 404 else {
            throw Unexpected(description: "\(method.rawValue) \(path): \(answer.status)")
        }
        return answer
    }

    /// The names in a container; none when it is not there.
    func names(_ container: String) throws -> [String] {
        let answer = try send(.get, container)
        let text = answer.isSuccess ? String(decoding: answer.body, as: UTF8.self) : ""
        return text.split(separator: "\n").map(String.init)
    }
}
