import Support
import TestSupport
import Testing
import Transport

@Suite(
    "Swift as the tests start it", .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"),
    .timeLimit(.minutes(2)))
struct SwiftServerTests {
    private let transport = Transport(version: "test", usesProxies: false)

    /// The token and the URL of the account.
    private func logIn(_ server: SwiftServer, as user: SwiftServer.User) throws -> (token: String, account: String) {
        let answer = try transport.send(
            HTTPRequest(
                .get, server.authURL, headers: ["X-Auth-User": user.name, "X-Auth-Key": user.key.reveal()]))
        return (try #require(answer.headers["X-Auth-Token"]), try #require(answer.headers["X-Storage-Url"]))
    }

    private func status(
        _ method: HTTPRequest.Method, _ url: String, _ token: String, _ fields: [String: String] = [:],
        body: [UInt8] = []
    ) throws -> Int {
        var headers: HTTPHeaders = ["X-Auth-Token": token]
        for (name, value) in fields { headers[name] = value }
        return try transport.send(HTTPRequest(method, url, headers: headers, body: body)).status
    }

    @Test("takes and gives objects to whoever logs in with v1")
    func objects() throws {
        let server = try OpenStackServers.shared().swift
        let (token, account) = try logIn(server, as: server.user)
        #expect(account == server.storageURL)
        #expect(try status(.put, "\(account)/smoke", token) == 201)
        #expect(try status(.put, "\(account)/smoke/an%20object", token, body: Array("content".utf8)) == 201)
        let answer = try transport.send(
            HTTPRequest(.get, "\(account)/smoke/an%20object", headers: ["X-Auth-Token": token]))
        #expect(answer.body == Array("content".utf8))
        #expect(try status(.get, "\(account)/smoke/an%20object", "another token") == 401)
    }

    @Test("has storage policies, and lets readers read what their container allows")
    func rights() throws {
        let server = try OpenStackServers.shared().swift
        let (token, account) = try logIn(server, as: server.user)
        let (readerToken, _) = try logIn(server, as: server.reader)
        let container = "\(account)/smoke-rights"
        let fields = ["X-Storage-Policy": try #require(server.policies.last), "X-Container-Read": server.reader.name]
        #expect(try status(.put, container, token, fields) == 201)
        #expect(try status(.put, "\(container)/object", token, body: [1]) == 201)
        #expect(try status(.get, "\(container)/object", readerToken) == 200)
        #expect(try status(.put, "\(container)/object", readerToken, body: [2]) == 403)
        #expect(try status(.put, "\(account)/smoke-reader", readerToken) == 403)
    }

    @Test("has a proxy of small limits, and one whose tokens end soon")
    func limits() throws {
        let servers = try OpenStackServers.shared()
        let (token, account) = try logIn(servers.small, as: servers.small.user)
        #expect(try status(.put, "\(account)/smoke-small", token) == 201)
        let body = [UInt8](repeating: 7, count: (5 << 20) + 1)
        #expect(try status(.put, "\(account)/smoke-small/large", token, body: body) == 413)
        #expect(try status(.get, "\(account)/smoke-small?limit=101", token) == 412)
        let answer = try transport.send(
            HTTPRequest(
                .get, servers.brief.authURL,
                headers: ["X-Auth-User": servers.brief.user.name, "X-Auth-Key": servers.brief.user.key.reveal()]))
        let life = try #require(answer.headers["X-Auth-Token-Expires"].flatMap { Int($0) })
        #expect((0...3).contains(life))
    }
}
