import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import Destinations

/// Against doubles; the real Keystone and Swift have tests of their own.
@Suite("A login to OpenStack") struct LoginTests {
    private let password = [
        "auth-username": "bk", "auth-password": "hunter2-%", "openstack-tenant-name": "backup",
        "openstack-domain-name": "corp",
    ]

    private func with(_ more: [String: String]) -> [String: String] { password.merging(more) { $1 } }

    private func server(
        _ answer: @escaping @Sendable (LoopbackHTTPServer.Request, Int) -> LoopbackHTTPServer.Reply
    ) throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer(answer: answer)
    }

    // MARK: Version 3

    @Test("by names sends both domains, and reads token, life and catalogue")
    func byNames() throws {
        let server = try server { _, _ in IdentityKit.token("gAAA", life: 300) }
        defer { server.stop() }
        let login = try IdentityKit.login(with(["openstack-authuri": "\(server.url)/v3/"]))
        #expect(login.token == Secret("gAAA") && login.life == .seconds(300) && login.projectID == "p")
        let request = try #require(server.requests.first)
        #expect(request.target == "/v3/auth/tokens" && request["content-type"] == "application/json")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"bk","domain":"#
                + #"{"name":"corp"},"password":"hunter2-%"}}},"scope":{"project":{"name":"backup","domain":{"name":"corp"}}}}}"#
        )
    }

    /// Options, and the members of the request that come of them.
    static let bodies: [([String: String], identity: String, scope: String?)] = [
        (
            ["openstack-user-id": "u1", "openstack-tenant-id": "p1", "auth-password": "x"],
            #"{"methods":["password"],"password":{"user":{"id":"u1","password":"x"}}}"#, #"{"project":{"id":"p1"}}"#
        ),
        (
            ["auth-username": "u", "openstack-user-domain-id": "d", "openstack-tenant-id": "p1", "auth-password": "x"],
            #"{"methods":["password"],"password":{"user":{"name":"u","domain":{"id":"d"},"password":"x"}}}"#,
            #"{"project":{"id":"p1"}}"#
        ),
        (
            ["auth-username": "u", "openstack-tenant-name": "p", "auth-password": "x"],
            #"{"methods":["password"],"password":{"user":{"name":"u","domain":{"id":"default"},"password":"x"}}}"#,
            #"{"project":{"name":"p","domain":{"id":"default"}}}"#
        ),
        (
            [
                "openstack-user-id": "u1", "openstack-tenant-name": "p", "openstack-user-domain-name": "ud",
                "auth-password": "x",
            ],
            #"{"methods":["password"],"password":{"user":{"id":"u1","password":"x"}}}"#,
            #"{"project":{"name":"p","domain":{"name":"ud"}}}"#
        ),
        (
            [
                "openstack-application-credential-id": "ac", "openstack-application-credential-secret": "s",
                "openstack-tenant-name": "p", "auth-username": "u",
            ],
            #"{"methods":["application_credential"],"application_credential":{"id":"ac","secret":"s"}}"#, nil
        ),
        (
            [
                "openstack-application-credential-name": "ac", "openstack-application-credential-secret": "s",
                "auth-username": "u", "openstack-domain-id": "d", "openstack-tenant-name": "p",
            ],
            #"{"methods":["application_credential"],"application_credential":{"name":"ac","secret":"s","user":"#
                + #"{"name":"u","domain":{"id":"d"}}}}"#, nil
        ),
        (
            ["openstack-auth-token": "t", "openstack-tenant-id": "p1"],
            #"{"methods":["token"],"token":{"id":"t"}}"#, #"{"project":{"id":"p1"}}"#
        ),
        (
            ["openstack-user-id": "u1", "auth-password": "x", "openstack-trust-id": "tr"],
            #"{"methods":["password"],"password":{"user":{"id":"u1","password":"x"}}}"#,
            #"{"OS-TRUST:trust":{"id":"tr"}}"#
        ),
    ]

    @Test(
        "sends each kind of credential in its own shape, an application credential never with a scope", arguments: 0..<8
    )
    func shapes(_ index: Int) throws {
        let (options, identity, scope) = Self.bodies[index]
        let server = try server { _, _ in IdentityKit.token("t") }
        defer { server.stop() }
        _ = try IdentityKit.login(options.merging(["openstack-authuri": "\(server.url)/v3"]) { $1 })
        let auth = try #require(server.requests.first.flatMap { IdentityKit.json($0)["auth"] })
        #expect(auth["identity"]?.description == identity)
        #expect(auth["scope"]?.description == scope)
    }

    @Test("with a domain named default falls back to its id once, and remembers it")
    func defaultDomain() throws {
        let server = try server { request, _ in
            let user = IdentityKit.json(request)["auth"]?["identity"]?["password"]?["user"]
            return user?["domain"]?["id"]?.string == "default"
                ? IdentityKit.token("t") : IdentityKit.reply(401, IdentityKit.unauthorized)
        }
        defer { server.stop() }
        let settings = try IdentityKit.settings(
            with(["openstack-authuri": "\(server.url)/v3", "openstack-domain-name": "DEFAULT"]))
        let service = IdentityKit.service(settings)
        _ = try service.login()
        #expect(server.requests.count == 2)
        _ = try service.login()
        #expect(server.requests.count == 3)
    }

    @Test("with a wrong password costs two attempts for the domain default, and one for any other")
    func wrongPassword() throws {
        let server = try server { _, _ in IdentityKit.reply(401, IdentityKit.unauthorized) }
        defer { server.stop() }
        for (domain, attempts) in [("Default", 2), ("corp", 3)] {
            let refusal = try IdentityKit.refusal {
                _ = try IdentityKit.login(
                    with(["openstack-authuri": "\(server.url)/v3", "openstack-domain-name": domain]))
            }
            #expect(server.requests.count == attempts)
            #expect(refusal.kind == .authentication)
            for word in ["user 'bk'", "domain '\(domain)'", "project 'backup'", "\(server.url)/v3/auth/tokens"] {
                #expect(refusal.detail.contains(word), "\(refusal.detail)")
            }
            #expect(!refusal.detail.contains("hunter2"))
            #expect(refusal.advice?.hasPrefix("Check in this order: the domain's spelling") == true)
        }
    }

    @Test("without a project leads nowhere and says so")
    func unscoped() throws {
        let server = try server { _, _ in
            IdentityKit.reply(
                201, #"{"token":{"expires_at":"2026-11-21T02:46:59Z"}}"#, headers: [("X-Subject-Token", "t")])
        }
        defer { server.stop() }
        let refusal = try IdentityKit.refusal {
            _ = try IdentityKit.login([
                "openstack-authuri": "\(server.url)/v3", "auth-username": "u", "auth-password": "p",
            ])
        }
        #expect(refusal.kind == .configuration && refusal.advice?.contains("openstack-tenant-name") == true)
    }

    // MARK: Versions 1 and 2

    @Test("of version 1 is two header fields", arguments: [200, 204])
    func version1(_ status: Int) throws {
        let server = try server { request, _ in
            guard request["x-auth-user"] == "test:tester", request["x-auth-key"] == "testing" else {
                return IdentityKit.reply(401, "<html>", headers: [("Www-Authenticate", "Swift realm=\"test\"")])
            }
            return IdentityKit.reply(
                status,
                headers: [
                    ("X-Auth-Token", "AUTH_tk1"), ("X-Storage-Url", "http://h:8080/v1/AUTH_test/"),
                    ("X-Auth-Token-Expires", "86399"),
                ])
        }
        defer { server.stop() }
        let right = [
            "openstack-authuri": "\(server.url)/auth/v1.0", "auth-username": "test:tester", "auth-password": "testing",
        ]
        let login = try IdentityKit.login(right)
        #expect(login.token == Secret("AUTH_tk1") && login.storageURL == "http://h:8080/v1/AUTH_test")
        #expect(login.life == .seconds(86_399))
        // The account may come as the project.
        _ = try IdentityKit.login(right.merging(["auth-username": "tester", "openstack-tenant-name": "test"]) { $1 })
        let refusal = try IdentityKit.refusal {
            _ = try IdentityKit.login(right.merging(["auth-password": "no"]) { $1 })
        }
        #expect(refusal.kind == .authentication && refusal.advice?.contains("account:user") == true)
        #expect(server.requests.count == 3)
    }

    @Test("of version 2 is by password, API key or token, with the tenant by name or id")
    func version2() throws {
        let server = try server { _, _ in IdentityKit.v2("tok") }
        defer { server.stop() }
        let uri = ["openstack-authuri": "\(server.url)/v2.0/"]
        let login = try IdentityKit.login(with(uri))
        #expect(login.token == Secret("tok") && login.defaultRegion == "ORD" && login.projectID == "42")
        let choice = try EndpointChoice(
            try #require(login.catalogue), EndpointWish(), defaultRegion: login.defaultRegion)
        #expect(choice.url == "http://ord/v1/M")
        _ = try IdentityKit.login(uri.merging(["auth-username": "u", "openstack-apikey": "k"]) { $1 })
        _ = try IdentityKit.login(uri.merging(["openstack-auth-token": "old", "openstack-tenant-id": "42"]) { $1 })
        let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(
            bodies == [
                #"{"auth":{"passwordCredentials":{"username":"bk","password":"hunter2-%"},"tenantName":"backup"}}"#,
                #"{"auth":{"RAX-KSKEY:apiKeyCredentials":{"username":"u","apiKey":"k"}}}"#,
                #"{"auth":{"token":{"id":"old"},"tenantId":"42"}}"#,
            ])
        #expect(server.requests.allSatisfy { $0.target == "/v2.0/tokens" })
    }

    @Test("of version 2 takes one secret for a password or an API key, whichever fits, and remembers it")
    func toggling() throws {
        let server = try server { request, _ in
            IdentityKit.json(request)["auth"]?["RAX-KSKEY:apiKeyCredentials"] != nil
                ? IdentityKit.v2("tok") : IdentityKit.reply(401, #"{"unauthorized":{"code":401,"message":"no"}}"#)
        }
        defer { server.stop() }
        let options = ["openstack-authuri": "\(server.url)/v2.0", "auth-username": "u", "auth-password": "short"]
        let service = IdentityKit.service(try IdentityKit.settings(options))
        _ = try service.login()
        #expect(server.requests.count == 2)
        _ = try service.login()
        #expect(server.requests.count == 3)
        _ = try IdentityKit.login(
            options.merging(["auth-password": "0123456789abcdef0123456789abcdef"]) { $1 })
        #expect(server.requests.count == 4)
    }

    // MARK: Discovery

    @Test("finds the version behind a proxy that publishes another host, from a 300 answer")
    func discovery() throws {
        let server = try server { request, _ in
            switch request.target {
            case "/identity":
                IdentityKit.reply(
                    300,
                    """
                    {"versions":{"values":[{"id":"v3.14","status":"stable","links":[
                    {"rel":"self","href":"http://10.1.2.3:5000/identity/v3/"}]},
                    {"id":"v2.0","status":"deprecated","links":[]}]}}
                    """, headers: [("Location", "http://10.1.2.3:5000/identity/v3/")])
            case "/identity/v3/auth/tokens": IdentityKit.token("t")
            default: IdentityKit.reply(404, "<html>")
            }
        }
        defer { server.stop() }
        let service = IdentityKit.service(
            try IdentityKit.settings(with(["openstack-authuri": "\(server.url)/identity/"])))
        #expect(try service.login().version == .v3)
        _ = try service.login()
        #expect(server.requests.map(\.target) == ["/identity", "/identity/v3/auth/tokens", "/identity/v3/auth/tokens"])
    }

    @Test("tries 3, 2 and 1 in turn, each once, where nothing tells the version")
    func guessing() throws {
        let server = try server { request, _ in
            request["x-auth-user"] != nil
                ? IdentityKit.reply(204, headers: [("X-Auth-Token", "t"), ("X-Storage-Url", "http://h/v1/x")])
                : IdentityKit.reply(403, "<html>no</html>")
        }
        defer { server.stop() }
        #expect(try IdentityKit.login(with(["openstack-authuri": server.url])).version == .v1)
        #expect(server.requests.map(\.target) == ["/", "/v3/auth/tokens", "/v2.0/tokens", "/v2.0/tokens", "/"].dedup)
    }

    @Test("stops at the first version whose service refuses the password")
    func guessingStops() throws {
        let server = try server { request, _ in
            request.target == "/v3/auth/tokens"
                ? IdentityKit.reply(401, IdentityKit.unauthorized) : IdentityKit.reply(404, "<html>")
        }
        defer { server.stop() }
        let refusal = try IdentityKit.refusal { _ = try IdentityKit.login(with(["openstack-authuri": server.url])) }
        #expect(refusal.kind == .authentication && server.requests.count == 2)
    }

    @Test("says what to do when a server has version 3 only")
    func onlyVersion3() throws {
        let server = try server { _, _ in IdentityKit.reply(404, "<html>Not Found</html>") }
        defer { server.stop() }
        let refusal = try IdentityKit.refusal {
            _ = try IdentityKit.login(with(["openstack-authuri": server.url, "openstack-version": "v2"]))
        }
        #expect(refusal.kind == .configuration && refusal.advice?.contains("v3 only") == true)
        #expect(server.requests.map(\.target) == ["/v2.0/tokens"])
    }
}

extension [String] {
    /// Without neighbours that are the same.
    fileprivate var dedup: [String] {
        reduce(into: []) { result, next in if result.last != next { result.append(next) } }
    }
}
