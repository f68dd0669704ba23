import Glibc
import JSON
import Support
import TestSupport
import Testing

@testable import Secrets

/// Google Secret Manager and Azure Key Vault: against doubles, written from their REST references.
@Suite struct CloudDoubleTests {
    // MARK: Google

    /// A fresh RSA key in PEM, and its public half.
    private func key(_ folder: TemporaryFolder) throws -> String {
        let command = SecretCommand([
            "openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-quiet",
        ])
        return try SecretKit.fetch(.command(command), environment: ["PATH": TestTool.searchPath])
    }

    private func google(_ keyFile: String, _ answer: LoopbackHTTPServer.Reply? = nil) throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, _ in
            switch (request.method, request.target) {
            case ("POST", "/token"):
                let body = String(decoding: request.body, as: UTF8.self)
                guard body.hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
                else {
                    return SecretKit.reply(400, #"{"error": "unsupported_grant_type"}"#)
                }
                return SecretKit.reply(#"{"access_token": "ya29.double", "expires_in": 3599}"#)
            case ("GET", "/v1/projects/p/secrets/s/versions/latest:access")
            where request["authorization"] == "Bearer ya29.double":
                return answer ?? SecretKit.reply(#"{"payload": {"data": "eyJrIjogInYifQ=="}}"#)
            case ("GET", "/v1/projects/p/secrets/none/versions/latest:access"):
                return SecretKit.reply(404, #"{"error": {"message": "Secret not found"}}"#)
            default: return SecretKit.reply(403, #"{"error": {"message": "Permission denied"}}"#)
            }
        }
    }

    @Test("a service account signs its way in, once for all secrets, and the signature is its key's")
    func serviceAccount() throws {
        let folder = try TemporaryFolder()
        let pem = try key(folder)
        let server = try google("")
        defer { server.stop() }
        let file = JSONValue.object([
            .init("type", .string("service_account")), .init("client_email", .string("backup@p.example")),
            .init("private_key", .string(pem)), .init("private_key_id", .string("kid1")),
            .init("token_uri", .string("\(server.url)/token")),
        ])
        let path = "\(folder.path)/account.json"
        try SecretKit.write(file.serialized(), to: path)
        func secret(_ name: String, _ key: String? = nil) -> SecretSource {
            .google(
                GoogleSecret(project: "p", name: name, key: key, identity: .keyFile(path), url: server.url))
        }
        let store = SecretKit.store(["a": secret("s"), "b": secret("s", "k"), "c": secret("none")])
        #expect(try store.secret(SecretReference("a")).reveal() == #"{"k": "v"}"#)
        #expect(try store.secret(SecretReference("b")).reveal() == "v")
        #expect(server.requests.filter { $0.target == "/token" }.count == 1)
        let error = #expect(throws: SecretError.self) { try store.secret(SecretReference("c")) }
        guard case .provider(let failure) = error?.reason else { return }
        #expect(failure.cause == .forbidden("Permission denied") || failure.cause == .missing)

        // What was sent is signed with the key, as OpenSSL's own program sees it.
        let body = String(decoding: try #require(server.requests.first).body, as: UTF8.self)
        let parts = try #require(body.split(separator: "assertion=").last).split(separator: ".")
        #expect(parts.count == 3)
        let header = try JSONValue(parsing: try #require(Self.decoded(parts[0])))
        #expect(header["alg"]?.string == "RS256" && header["kid"]?.string == "kid1")
        let claims = try JSONValue(parsing: try #require(Self.decoded(parts[1])))
        #expect(claims["iss"]?.string == "backup@p.example" && claims["aud"]?.string == "\(server.url)/token")
        try SecretKit.write(pem + "\n", to: "\(folder.path)/key.pem")
        try SecretKit.write("\(parts[0]).\(parts[1])", to: "\(folder.path)/text")
        try SecretKit.write(try #require(Self.decoded(parts[2])), to: "\(folder.path)/signature")
        let verify = SecretCommand([
            "openssl", "dgst", "-sha256", "-prverify", "\(folder.path)/key.pem", "-signature",
            "\(folder.path)/signature", "\(folder.path)/text",
        ])
        #expect(try SecretKit.fetch(.command(verify), environment: ["PATH": TestTool.searchPath]) == "Verified OK")
        for text in [pem, "ya29.double"] { #expect(!store.mask.apply(to: "<\(text)>").contains(text)) }
    }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        Base64.decode(text + String(repeating: "=", count: (4 - text.count % 4) % 4), urlSafe: true)
    }

    @Test("the machine's account and a given token work, and a key that is none is told")
    func otherIdentities() throws {
        let machine = try LoopbackHTTPServer { request, _ in
            request["metadata-flavor"] == "Google"
                ? SecretKit.reply(#"{"access_token": "ya29.double", "expires_in": 100}"#) : .response(status: 403)
        }
        defer { machine.stop() }
        let server = try google("")
        defer { server.stop() }
        func secret(_ identity: GoogleIdentity) -> SecretSource {
            .google(GoogleSecret(project: "p", name: "s", key: "k", identity: identity, url: server.url))
        }
        let environment = ["GCE_METADATA_HOST": "127.0.0.1:\(machine.port)"]
        #expect(try SecretKit.fetch(secret(.usual), environment: environment) == "v")
        #expect(
            try SecretKit.fetch(
                secret(.accessToken(SecretReference("t"))), beside: ["t": .literal(Secret("ya29.double"))]) == "v")
        let known: [String: SecretSource] = [
            "k": .literal(Secret(#"{"type": "service_account", "client_email": "a", "private_key": "geheim"}"#))
        ]
        #expect(
            SecretKit.cause(secret(.key(SecretReference("k"))), beside: known)
                == .malformed("`private_key` is no RSA key"))
    }

    // MARK: Azure

    private func azure() throws -> LoopbackHTTPServer {
        try LoopbackHTTPServer { request, _ in
            let body = String(decoding: request.body, as: UTF8.self)
            switch (request.method, request.target) {
            case ("POST", "/tenant/oauth2/v2.0/token"):
                guard body.contains("scope=https%3A%2F%2Fvault.azure.net%2F.default"), body.contains("client_id=app"),
                    body.contains("client_secret=right%2Bsecret") || body.contains("client_assertion=pod-token")
                        || body.contains("password=right%2Bsecret")
                else {
                    return SecretKit.reply(401, #"{"error": "invalid_client", "error_description": "AADSTS7000215"}"#)
                }
                return SecretKit.reply(#"{"access_token": "eyJ.azure", "expires_in": 3599}"#)
            case ("GET", let target)
            where target.hasPrefix("/metadata/identity/oauth2/token?") && request["metadata"] == "true":
                return SecretKit.reply(#"{"access_token": "eyJ.azure", "expires_in": "86399"}"#)
            case ("GET", "/secrets/s?api-version=7.4") where request["authorization"] == "Bearer eyJ.azure",
                ("GET", "/secrets/s/v1?api-version=7.4") where request["authorization"] == "Bearer eyJ.azure":
                return SecretKit.reply(#"{"value": "from azure\n", "id": "x"}"#)
            case ("GET", "/secrets/none?api-version=7.4"):
                return SecretKit.reply(404, #"{"error": {"code": "SecretNotFound", "message": "none"}}"#)
            default: return SecretKit.reply(403, #"{"error": {"message": "Caller is not authorized"}}"#)
            }
        }
    }

    @Test("an application, a pod and a machine get in")
    func azureIdentities() throws {
        let server = try azure()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        try SecretKit.write("pod-token\n", to: "\(folder.path)/token")
        let host = ["AZURE_AUTHORITY_HOST": server.url, "AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url]
        func secret(_ identity: AzureIdentity, name: String = "s", version: String? = nil) -> SecretSource {
            .azure(AzureSecret(vault: server.url, name: name, version: version, identity: identity))
        }
        let client = AzureIdentity.client(tenant: "tenant", id: "app", secret: SecretReference("c"))
        let right: [String: SecretSource] = ["c": .literal(Secret("right+secret"))]
        #expect(try SecretKit.fetch(secret(client, version: "v1"), environment: host, beside: right) == "from azure")
        #expect(try SecretKit.fetch(secret(.managed(clientID: "x")), environment: host) == "from azure")
        let pod = host.merging([
            "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "app",
            "AZURE_FEDERATED_TOKEN_FILE": "\(folder.path)/token",
        ]) { $1 }
        #expect(try SecretKit.fetch(secret(.usual), environment: pod) == "from azure")
        #expect(
            SecretKit.cause(secret(client), environment: host, beside: ["c": .literal(Secret("wrong"))])
                == .rejected("AADSTS7000215"))
        #expect(SecretKit.cause(secret(client, name: "none"), environment: host, beside: right) == .missing)
        #expect(
            SecretKit.cause(secret(client, name: "other"), environment: host, beside: right)
                == .forbidden("Caller is not authorized"))
    }

    @Test("Duplicati's URLs reach both clouds' doubles with their own words")
    func duplicati() throws {
        let server = try azure()
        defer { server.stop() }
        let host = ["AZURE_AUTHORITY_HOST": server.url]
        let address = server.url.replacing(":", with: "%3A").replacing("/", with: "%2F")
        func value(_ parameters: String) throws -> String {
            let url = "azkv://?vault-uri=\(address)&tenant-id=tenant&client-id=app&\(parameters)"
            return try SecretKit.fetch(.duplicati(DuplicatiSecret(url: Template(url), key: "s")), environment: host)
        }
        #expect(try value("auth-type=ClientSecret&client-secret=right%2Bsecret") == "from azure")
        #expect(try value("auth-type=UsernamePassword&username=u&password=right%2Bsecret") == "from azure")
    }
}
