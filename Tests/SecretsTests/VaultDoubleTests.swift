import JSON
import Support
import TestSupport
import Testing

@testable import Secrets

/// Logins that need Kubernetes or an identity provider: against a double, written from Vault's documentation of
/// `auth/kubernetes/login` and `auth/jwt/login`.
@Suite struct VaultDoubleTests {
    private func double() throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, _ in
            switch (request.method, request.target) {
            case ("POST", "/v1/auth/k8s/login"), ("POST", "/v1/auth/jwt/login"):
                let body = try? JSONValue(parsing: request.body)
                guard body?["role"]?.string == "backup", body?["jwt"]?.string == "header.claims.signature" else {
                    return SecretKit.reply(400, #"{"errors": ["error validating token"]}"#)
                }
                return SecretKit.reply(
                    #"{"auth": {"client_token": "s.double", "lease_duration": 3600, "renewable": true}}"#)
            case ("GET", "/v1/kv/data/a") where request["x-vault-token"] == "s.double":
                return SecretKit.reply(#"{"data": {"data": {"k": "value"}}}"#)
            default: return SecretKit.reply(403, #"{"errors": ["permission denied"]}"#)
            }
        }
    }

    private func secret(_ url: String, _ login: VaultServer.Login) -> SecretSource {
        .vault(
            VaultSecret(
                path: "a", key: "k", mount: "kv",
                server: VaultServer(url: url, namespace: "team", certificateAuthorities: nil, login: login)))
    }

    @Test("a pod logs in with its service account, which is read for each login")
    func kubernetes() throws {
        let server = try double()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/token"
        try SecretKit.write("header.claims.signature\n", to: file)
        let source = secret(server.url, .kubernetes(role: "backup", tokenFile: file, mount: "k8s"))
        #expect(try SecretKit.fetch(source) == "value")
        #expect(server.requests.allSatisfy { $0["x-vault-namespace"] == "team" && $0["x-vault-request"] == "true" })
        try SecretKit.write("expired", to: file)
        #expect(SecretKit.cause(source) == .rejected("error validating token"))
    }

    @Test("a token of an identity provider logs in")
    func jwt() throws {
        let server = try double()
        defer { server.stop() }
        let source = secret(server.url, .jwt(role: "backup", token: SecretReference("jwt"), mount: "jwt"))
        #expect(
            try SecretKit.fetch(source, beside: ["jwt": .literal(Secret("header.claims.signature"))]) == "value")
    }

    @Test("a server that cannot answer is asked three times, and one that does not answer is a matter of time")
    func patience() throws {
        let server = try LoopbackHTTPServer([SecretKit.reply(502, "bad gateway")])
        let source = secret(server.url, .token(SecretReference("t")))
        let known: [String: SecretSource] = ["t": .literal(Secret("token"))]
        #expect(SecretKit.cause(source, beside: known) == .unavailable(status: 502, ""))
        #expect(server.requests.count == 3)
        server.stop()
        let error = #expect(throws: SecretError.self) { try SecretKit.fetch(source, beside: known) }
        #expect(error?.isTransient == true)
    }
}
