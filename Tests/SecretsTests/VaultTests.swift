import Foundation
import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import Secrets

/// Against a real server: OpenBao in its development mode.
@Suite(.enabled(if: TestTool.areThere("bao"), "bao is not installed; scripts/test-tools.sh brings it"))
struct VaultTests {
    /// A server with values, a policy and an AppRole.
    private final class Server {
        let process: ServerProcess
        let folder: TemporaryFolder
        private let client = Transport(version: "test", usesProxies: false)
        var url: String { process.url }

        init() throws {
            folder = try TemporaryFolder()
            process = try ServerProcess(
                try #require(TestTool.path("bao")), environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
            ) { port in
                [
                    "server", "-dev", "-dev-listen-address=127.0.0.1:\(port)", "-dev-root-token-id=root",
                    "-dev-no-store-token",
                ]
            }
            // It takes connections a moment before it is unsealed and has its first mount.
            let limit = ContinuousClock.now + .seconds(30)
            while try send(.get, "sys/mounts/secret/tune").status != 200, ContinuousClock.now < limit { usleep(20_000) }
        }

        @discardableResult
        func send(
            _ method: HTTPRequest.Method, _ path: String, _ body: String = "", token: String = "root",
            namespace: String? = nil
        ) throws -> HTTPResponse {
            var headers: HTTPHeaders = ["X-Vault-Token": token]
            headers["X-Vault-Namespace"] = namespace
            return try client.send(HTTPRequest(method, "\(url)/v1/\(path)", headers: headers, body: Array(body.utf8)))
        }

        /// Sends, and expects success.
        @discardableResult
        func set(_ path: String, _ body: String, namespace: String? = nil) throws -> JSONValue {
            var answer = try send(.post, path, body, namespace: namespace)
            // A fresh store with versions prepares itself for a moment.
            let limit = ContinuousClock.now + .seconds(30)
            while String(decoding: answer.body, as: UTF8.self).contains("Upgrading"), ContinuousClock.now < limit {
                usleep(20_000)
                answer = try send(.post, path, body, namespace: namespace)
            }
            try #require(answer.isSuccess, "\(path): \(String(decoding: answer.body, as: UTF8.self))")
            return answer.body.isEmpty ? .null : try JSONValue(parsing: answer.body)
        }

        func secret(
            _ path: String, key: String? = nil, mount: String? = nil, version: Int? = nil, namespace: String? = nil,
            login: VaultServer.Login = .token(SecretReference("token"))
        ) -> SecretSource {
            .vault(
                VaultSecret(
                    path: path, key: key, mount: mount, version: version,
                    server: VaultServer(
                        url: url, namespace: namespace, certificateAuthorities: nil, login: login)))
        }
    }

    private static let root: [String: SecretSource] = ["token": .literal(Secret("root"))]

    @Test("values of both kinds of store are found, without saying which kind it is")
    func engines() throws {
        let server = try Server()
        try server.set("secret/data/backup/nas", #"{"data": {"passphrase": "one", "other": "x"}}"#)
        try server.set("secret/data/backup/nas", #"{"data": {"passphrase": "two\n", "other": "x"}}"#)
        try server.set("sys/mounts/old/kv", #"{"type": "kv", "options": {"version": "1"}}"#)
        try server.set("old/kv/app", #"{"only": "single"}"#)
        func fetch(_ source: SecretSource) throws -> String { try SecretKit.fetch(source, beside: Self.root) }
        #expect(try fetch(server.secret("secret/backup/nas", key: "passphrase")) == "two")
        #expect(try fetch(server.secret("secret/backup/nas", key: "passphrase", version: 1)) == "one")
        #expect(try fetch(server.secret("backup/nas", key: "passphrase", mount: "secret")) == "two")
        #expect(try fetch(server.secret("old/kv/app")) == "single")

        func cause(_ source: SecretSource) -> SecretProviderFailure.Cause? {
            SecretKit.cause(source, beside: Self.root)
        }
        #expect(cause(server.secret("secret/backup/nas")) == .keyNeeded)
        #expect(
            cause(server.secret("secret/backup/nas", key: "pasphrase"))
                == .keyMissing("pasphrase", similar: "passphrase"))
        #expect(cause(server.secret("secret/backup/none")) == .missing)
        #expect(cause(server.secret("secret/backup/nas", key: "passphrase", version: 9)) == .missing)
        try server.send(.delete, "secret/data/backup/nas")
        #expect(cause(server.secret("secret/backup/nas", key: "passphrase")) == .missing)
    }

    @Test("a token that the server does not know is rejected, and one without the right is told so")
    func tokens() throws {
        let server = try Server()
        try server.set("secret/data/a", #"{"data": {"k": "v"}}"#)
        let source = server.secret("a", key: "k", mount: "secret")
        guard case .rejected = SecretKit.cause(source, beside: ["token": .literal(Secret("unknown"))]) else {
            Issue.record("an unknown token was not rejected")
            return
        }
        let made = try server.set("auth/token/create", #"{"policies": ["default"]}"#)
        let weak = try #require(made["auth"]?["client_token"]?.string)
        guard case .forbidden = SecretKit.cause(source, beside: ["token": .literal(Secret(weak))]) else {
            Issue.record("a token without the right was not refused")
            return
        }
        let other = server.secret("a", key: "k", mount: "secret", login: .token(nil))
        #expect(try SecretKit.fetch(other, environment: ["VAULT_TOKEN": "root"]) == "v")
        try SecretKit.write("root\n", to: "\(server.folder.path)/.vault-token")
        #expect(try SecretKit.fetch(other, environment: ["HOME": server.folder.path]) == "v")
        guard case .notConfigured = SecretKit.cause(other) else {
            Issue.record("there was a token")
            return
        }
    }

    @Test("an AppRole logs in once for all secrets of a run, and again when its token is gone")
    func appRole() throws {
        let server = try Server()
        try server.set("secret/data/a", #"{"data": {"k": "v", "l": "w"}}"#)
        try server.set(
            "sys/policies/acl/reader", #"{"policy": "path \"secret/data/*\" { capabilities = [\"read\"] }"}"#)
        try server.set("sys/auth/approle", #"{"type": "approle"}"#)
        try server.set("auth/approle/role/backup", #"{"token_policies": ["reader"], "token_ttl": "20m"}"#)
        let role = try JSONValue(parsing: try server.send(.get, "auth/approle/role/backup/role-id").body)
        let made = try server.set("auth/approle/role/backup/secret-id", "{}")
        let id = try #require(role["data"]?["role_id"]?.string)
        let secret = try #require(made["data"]?["secret_id"]?.string)
        let login = VaultServer.Login.appRole(
            role: Template(id), secret: SecretReference("secret_id"), mount: "approle")
        let sources: [String: SecretSource] = [
            "secret_id": .literal(Secret(secret)), "a": server.secret("secret/a", key: "k", login: login),
            "b": server.secret("secret/a", key: "l", login: login),
        ]
        func logins() throws -> Int {
            let list = try JSONValue(
                parsing: try server.send(.get, "auth/token/accessors?list=true").body)["data"]?["keys"]?.array
            return (list?.count ?? 0) - 1  // the root's
        }
        let store = SecretKit.store(sources)
        #expect(try store.secret(SecretReference("a")).reveal() == "v")
        #expect(try store.secret(SecretReference("b")).reveal() == "w")
        #expect(try store.refreshed().secret(SecretReference("a")).reveal() == "v")
        #expect(try logins() == 1)

        let accessors =
            try JSONValue(
                parsing: try server.send(.get, "auth/token/accessors?list=true").body)["data"]?["keys"]?.array ?? []
        for accessor in accessors.compactMap(\.string) {
            let known = try JSONValue(
                parsing: try server.send(.post, "auth/token/lookup-accessor", #"{"accessor": "\#(accessor)"}"#).body)
            if known["data"]?["policies"]?.array?.contains(.string("root")) == false {
                try server.set("auth/token/revoke-accessor", #"{"accessor": "\#(accessor)"}"#)
            }
        }
        #expect(try store.refreshed().secret(SecretReference("a")).reveal() == "v")

        let wrong = sources.merging(["secret_id": .literal(Secret("00000000-wrong"))]) { $1 }
        let error = #expect(throws: SecretError.self) {
            try SecretKit.store(wrong).secret(SecretReference("a"))
        }
        guard case .provider(let failure) = error?.reason, case .rejected = failure.cause else {
            Issue.record("a wrong secret_id was answered with \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("00000000-wrong") == false)
    }

    @Test("a token is renewed when most of its life is over")
    func renewal() throws {
        let server = try Server()
        try server.set("secret/data/a", #"{"data": {"k": "v"}}"#)
        try server.set(
            "sys/policies/acl/reader", #"{"policy": "path \"secret/data/*\" { capabilities = [\"read\"] }"}"#)
        try server.set("sys/auth/approle", #"{"type": "approle"}"#)
        try server.set(
            "auth/approle/role/backup",
            #"{"token_policies": ["reader"], "token_ttl": "20m", "bind_secret_id": false, "token_bound_cidrs": ["127.0.0.0/8"]}"#
        )
        let role = try JSONValue(parsing: try server.send(.get, "auth/approle/role/backup/role-id").body)
        let id = try #require(role["data"]?["role_id"]?.string)
        let login = VaultServer.Login.appRole(role: Template(id), secret: nil, mount: "approle")
        let clock = ManualClock(Timestamp.now().seconds)
        let store = SecretKit.store(["a": server.secret("secret/a", key: "k", login: login)], now: clock.now)
        _ = try store.secret(SecretReference("a"))
        func life() throws -> [Int64] {
            let keys =
                try JSONValue(
                    parsing: try server.send(.get, "auth/token/accessors?list=true").body)["data"]?["keys"]?.array ?? []
            return try keys.compactMap(\.string).compactMap { accessor in
                let known = try JSONValue(
                    parsing: try server.send(.post, "auth/token/lookup-accessor", #"{"accessor": "\#(accessor)"}"#).body
                )
                return known["data"]?["last_renewal_time"]?.integer
            }
        }
        #expect(try life().isEmpty)
        clock.advance(900)
        _ = try store.refreshed().secret(SecretReference("a"))
        #expect(try life().count == 1)
    }

    @Test("a namespace is a store of its own")
    func namespaces() throws {
        let server = try Server()
        try server.set("sys/namespaces/team", "{}")
        try server.set("sys/mounts/secret", #"{"type": "kv", "options": {"version": "2"}}"#, namespace: "team")
        try server.set("secret/data/a", #"{"data": {"k": "of the team"}}"#, namespace: "team")
        let source = server.secret("secret/a", key: "k", namespace: "team")
        #expect(try SecretKit.fetch(source, beside: Self.root) == "of the team")
        #expect(SecretKit.cause(server.secret("secret/a", key: "k"), beside: Self.root) == .missing)
    }

    @Test("a sealed server is a matter of time, and says what to do")
    func sealed() throws {
        let server = try Server()
        try server.set("sys/seal", "{}")
        let source = server.secret("a", key: "k", mount: "secret")
        let error = #expect(throws: SecretError.self) { try SecretKit.fetch(source, beside: Self.root) }
        #expect(error?.isTransient == true)
        #expect(error?.description.contains("sealed") == true)
    }
}
