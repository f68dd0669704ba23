import Support
import TestSupport
import Testing
import Transport

@testable import Destinations

@Suite("An answer that brings no login") struct IdentityAnswerTests {
    struct Row: Sendable, CustomStringConvertible {
        let version: IdentityVersion
        let status: Int
        var body = ""
        var headers: [(String, String)] = []
        let kind: DestinationError.Kind
        let words: String
        var description: String { "\(version) \(status) \(kind)" }
    }

    private static func keystone(_ status: Int, _ message: String) -> String {
        #"{"error":{"code":\#(status),"message":"\#(message)","title":"x"},"identity":{}}"#
    }

    static let rows: [Row] = [
        Row(version: .v3, status: 401, body: IdentityKit.unauthorized, kind: .authentication, words: "refused"),
        Row(
            version: .v3, status: 401,
            body: keystone(
                401,
                "Error authenticating with application credential: Application credentials cannot request a scope."),
            kind: .configuration, words: "with a project"),
        Row(
            version: .v3, status: 401, body: keystone(401, "The application credential is expired."),
            kind: .authentication, words: "has expired"),
        Row(
            version: .v3, status: 401, body: keystone(401, "The account is locked for user: 1"), kind: .authentication,
            words: "is locked"),
        Row(
            version: .v3, status: 401, body: IdentityKit.unauthorized, headers: [("Openstack-Auth-Receipt", "r")],
            kind: .authentication, words: "second factor"),
        Row(version: .v3, status: 403, body: keystone(403, "no"), kind: .authentication, words: "forbidden"),
        Row(
            version: .v3, status: 400, body: keystone(400, #"{} is not valid\n\nFailed validating 'x' in schema"#),
            kind: .configuration, words: "“{} is not valid”"),
        Row(version: .v3, status: 404, body: "<html>", kind: .configuration, words: "not the address"),
        Row(version: .v3, status: 405, kind: .configuration, words: "not the address"),
        Row(version: .v3, status: 300, body: "{}", kind: .configuration, words: "no identity service"),
        Row(version: .v3, status: 200, body: "<html>", kind: .configuration, words: "no identity service"),
        Row(version: .v3, status: 201, body: "{}", kind: .configuration, words: "no identity service"),
        Row(version: .v3, status: 429, headers: [("Retry-After", "7")], kind: .throttled, words: "slow down"),
        Row(version: .v3, status: 498, kind: .throttled, words: "slow down"),
        Row(version: .v3, status: 503, headers: [("Retry-After", "7")], kind: .throttled, words: "wait"),
        Row(version: .v3, status: 503, kind: .transient, words: "out of order"),
        Row(version: .v3, status: 500, kind: .transient, words: "out of order"),
        Row(version: .v3, status: 502, body: "<html>", kind: .transient, words: "out of order"),
        Row(version: .v3, status: 504, kind: .transient, words: "out of order"),
        Row(version: .v3, status: 408, kind: .transient, words: "patience"),
        Row(version: .v3, status: 501, kind: .configuration, words: "cannot do this"),
        Row(
            version: .v2, status: 401, body: #"{"unauthorized":{"code":401,"message":"bad"}}"#, kind: .authentication,
            words: "“bad”"),
        Row(version: .v2, status: 404, body: "<html>", kind: .configuration, words: "no version 2"),
        Row(version: .v2, status: 405, kind: .configuration, words: "not the address"),
        Row(version: .v2, status: 413, headers: [("Retry-After", "7")], kind: .throttled, words: "slow down"),
        Row(version: .v2, status: 502, kind: .transient, words: "out of order"),
        Row(
            version: .v1, status: 401, body: "<html>", headers: [("Www-Authenticate", "Swift realm=\"t\"")],
            kind: .authentication, words: "refused"),
        Row(version: .v1, status: 404, kind: .configuration, words: "version 1"),
        Row(version: .v1, status: 403, kind: .configuration, words: "version 1"),
        Row(version: .v1, status: 412, kind: .configuration, words: "version 1"),
        Row(version: .v1, status: 200, kind: .configuration, words: "no identity service"),
        Row(version: .v1, status: 429, kind: .throttled, words: "slow down"),
        Row(version: .v1, status: 503, kind: .transient, words: "out of order"),
    ]

    @Test("is classified by the table", arguments: rows)
    func table(_ row: Row) throws {
        let server = try LoopbackHTTPServer([
            .response(
                status: row.status, headers: row.headers + [("X-Openstack-Request-Id", "req-1")],
                body: Array(row.body.utf8))
        ])
        defer { server.stop() }
        let refusal = try IdentityKit.refusal {
            _ = try IdentityKit.login([
                "openstack-authuri": server.url, "openstack-version": "\(row.version)", "auth-username": "u",
                "openstack-apikey": "swordfish", "openstack-tenant-name": "t", "openstack-domain-name": "d",
            ])
        }
        #expect(refusal.kind == row.kind, "\(refusal)")
        #expect(refusal.detail.contains(row.words), "\(refusal.detail)")
        #expect(refusal.detail.contains("status \(row.status)") && refusal.detail.contains("request req-1"))
        #expect(!refusal.detail.contains("swordfish"))
        #expect(refusal.retryAfter == (row.headers.contains { $0.0 == "Retry-After" } ? .seconds(7) : nil))
        #expect(server.requests.count == 1)
    }

    @Test("never repeats a secret that the server repeats")
    func secrets() throws {
        let server = try LoopbackHTTPServer([
            IdentityKit.reply(400, Self.keystone(400, "{'password': 'swordfish'} is not of type"))
        ])
        defer { server.stop() }
        let refusal = try IdentityKit.refusal {
            _ = try IdentityKit.login([
                "openstack-authuri": "\(server.url)/v3", "auth-username": "u", "auth-password": "swordfish",
            ])
        }
        #expect(refusal.detail.contains("{'password': '••••'}") && !refusal.detail.contains("swordfish"))
    }
}
