import JSON
import Support
import TestSupport
import Testing
import Transport

@Suite(
    "Keystone as the tests start it", .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"),
    .timeLimit(.minutes(2)))
struct KeystoneServerTests {
    private let transport = Transport(version: "test", usesProxies: false)

    private func logIn(_ url: String, _ identity: String, scope: String? = nil) throws -> HTTPResponse {
        let body = #"{"auth": {"identity": \#(identity)\#(scope.map { #", "scope": \#($0)"# } ?? "")}}"#
        return try transport.send(
            HTTPRequest(
                .post, "\(url)/auth/tokens", headers: ["Content-Type": "application/json"], body: Array(body.utf8)))
    }

    private func logIn(_ login: KeystoneServer.Login, at url: String) throws -> HTTPResponse {
        let domain = #""domain": {"name": "\#(login.domain)"}"#
        let user = #""name": "\#(login.user)", \#(domain), "password": "\#(login.password.reveal())""#
        return try logIn(
            url, #"{"methods": ["password"], "password": {"user": {\#(user)}}}"#,
            scope: #"{"project": {"name": "\#(login.project)", \#(domain)}}"#)
    }

    /// The URLs of the object store: interface, region, URL.
    private func endpoints(_ answer: HTTPResponse) throws -> [[String]] {
        let services = try #require(try JSONValue(parsing: answer.body)["token"]?["catalog"]?.array)
        let store = try #require(services.first { $0["type"]?.string == "object-store" })
        return (store["endpoints"]?.array ?? []).map { endpoint in
            ["interface", "region", "url"].map { endpoint[$0]?.string ?? "" }
        }
    }

    private func status(_ method: HTTPRequest.Method, _ url: String, _ answer: HTTPResponse, body: [UInt8] = [])
        throws -> Int
    {
        let token = try #require(answer.headers["X-Subject-Token"])
        return try transport.send(HTTPRequest(method, url, headers: ["X-Auth-Token": token], body: body)).status
    }

    @Test("gives a password's owner the object store of two regions, the admin endpoint first")
    func password() throws {
        let keystone = try OpenStackServers.shared().keystone
        let answer = try logIn(keystone.backup, at: keystone.authURL)
        #expect(answer.status == 201)
        let endpoints = try endpoints(answer)
        #expect(endpoints.first?[0] == "admin")
        let open = endpoints.filter { $0[0] == "public" }
        #expect(open.map { $0[1] } == keystone.regions)
        #expect(open.map { $0[2] } == keystone.proxies.map { "\($0)/v1/AUTH_\(keystone.backup.projectID)" })
        for endpoint in open {
            let container = "\(endpoint[2])/smoke-\(endpoint[1])"
            #expect(try status(.put, container, answer) == 201)
            #expect(try status(.put, "\(container)/object", answer, body: [1, 2, 3]) == 201)
            #expect(try status(.get, "\(container)/object", answer) == 200)
        }
        let reader = try logIn(keystone.reader, at: keystone.authURL)
        #expect(try status(.get, "\(open[0][2])/smoke-RegionOne/object", reader) == 200)
        #expect(try status(.put, "\(open[0][2])/smoke-reader", reader) == 403)
        #expect(try logIn(keystone.stranger, at: keystone.authURL).status == 401)
        #expect(try logIn(keystone.inDefaultDomain, at: keystone.authURL).status == 201)
    }

    @Test("takes application credentials by id and by name")
    func applicationCredentials() throws {
        let keystone = try OpenStackServers.shared().keystone
        let credential = keystone.applicationCredential
        let secret = #""secret": "\#(credential.secret.reveal())""#
        let user = #""user": {"name": "\#(keystone.backup.user)", "domain": {"id": "\#(keystone.backup.domainID)"}}"#
        for names in [#""id": "\#(credential.id)""#, #""name": "\#(credential.name)", \#(user)"#] {
            let answer = try logIn(
                keystone.authURL,
                #"{"methods": ["application_credential"], "application_credential": {\#(names), \#(secret)}}"#)
            #expect(answer.status == 201)
            let container = "\(keystone.proxies[0])/v1/AUTH_\(keystone.backup.projectID)/smoke-credential"
            #expect([201, 202].contains(try status(.put, container, answer)))
        }
    }

    @Test("gives tokens that live as long as asked, and counts them")
    func tokenLife() throws {
        let keystone = try OpenStackServers.shared().keystone
        let url = keystone.authURL(tokenLife: 7, tag: "smoke")
        for logins in 1...2 {
            let answer = try logIn(keystone.backup, at: url)
            let token = try JSONValue(parsing: answer.body)
            // With six digits of fraction, all zeros.
            let moments = ["issued_at", "expires_at"].compactMap { name in
                token["token"]?[name]?.string.flatMap { Timestamp(iso8601: String($0.prefix(19))) }
            }
            try #require(moments.count == 2)
            #expect((6...8).contains(moments[1].seconds - moments[0].seconds))
            #expect(try keystone.logins(tag: "smoke") == logins)
        }
    }
}
