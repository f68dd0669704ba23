internal import Cryptography
internal import JSON
internal import Support
internal import Transport

/// Who asks Google: an account of a program, a signed-in user, or the machine itself.
public enum GoogleIdentity: Sendable, Hashable {
    /// The file that `GOOGLE_APPLICATION_CREDENTIALS` names, that of `gcloud`, or the machine's account.
    case usual
    /// The key file of a service account.
    case keyFile(String)
    /// The content of such a file.
    case key(SecretReference)
    /// A token that somebody else has fetched.
    case accessToken(SecretReference)
    /// The account of the machine, from its metadata server.
    case machine
}

/// Gets tokens for Google's services.
struct GoogleLogin {
    let identity: GoogleIdentity
    let call: ServiceCall

    private static let scope = "https://www.googleapis.com/auth/cloud-platform"
    private static let tokenServer = "https://oauth2.googleapis.com/token"

    /// A token that is valid for a while.
    func token() throws(SecretError) -> Secret {
        if case .accessToken(let reference) = identity { return try call.session.resolve(reference) }
        let key = "google \(identity)"
        if let kept = call.session.tokens[key], kept.isFresh(at: call.session.surroundings.now()) { return kept.secret }
        let made = try fetch()
        call.session.mask.add(made.secret)
        call.session.tokens[key] = made
        return made.secret
    }

    private func fetch() throws(SecretError) -> ServiceToken {
        switch identity {
        case .keyFile(let path): return try exchange(try file(path))
        case .key(let reference): return try exchange(try parse(try call.session.resolve(reference)))
        case .machine, .accessToken: return try ofMachine()
        case .usual:
            if let path = call.session.variable("GOOGLE_APPLICATION_CREDENTIALS") {
                return try exchange(try file(path))
            }
            let folder =
                call.session.variable("CLOUDSDK_CONFIG")
                ?? call.session.variable("HOME").map { "\($0)/.config/gcloud" }
            if let folder, let known = try? file("\(folder)/application_default_credentials.json") {
                return try exchange(known)
            }
            return try ofMachine()
        }
    }

    // MARK: Key files

    private func file(_ path: String) throws(SecretError) -> JSONValue {
        try parse(try SecretFile(name: call.session.name, path: path).read())
    }

    private func parse(_ text: Secret) throws(SecretError) -> JSONValue {
        guard let document = text.withBytes({ try? JSONValue(parsing: $0) }) else {
            throw call.failure(.malformed("the credentials are not JSON"))
        }
        return document
    }

    private func exchange(_ file: JSONValue) throws(SecretError) -> ServiceToken {
        let server = file["token_uri"]?.string ?? Self.tokenServer
        switch file["type"]?.string {
        case "service_account":
            let assertion = try assertion(file, audience: server)
            return try token(
                server,
                [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)])
        case "authorized_user":
            guard let id = file["client_id"]?.string, let secret = file["client_secret"]?.string,
                let refresh = file["refresh_token"]?.string
            else { throw call.failure(.malformed("the credentials lack a client or a refresh token")) }
            for text in [secret, refresh] { call.session.mask.add(Secret(text)) }
            return try token(
                server,
                [
                    ("grant_type", "refresh_token"), ("client_id", id), ("client_secret", secret),
                    ("refresh_token", refresh),
                ])
        case let other:
            throw call.failure(
                .notConfigured(
                    "credentials of type `\(other ?? "?")` are not supported",
                    advice: "Use the key file of a service account, or the machine's account"))
        }
    }

    /// A JSON Web Token, signed with the account's key.
    private func assertion(_ file: JSONValue, audience: String) throws(SecretError) -> String {
        guard let email = file["client_email"]?.string, let pem = file["private_key"]?.string else {
            throw call.failure(.malformed("the credentials lack `client_email` or `private_key`"))
        }
        let key = Secret(pem)
        call.session.mask.add(key)
        let now = call.session.surroundings.now().seconds
        var header: [JSONValue.Member] = [.init("alg", .string("RS256")), .init("typ", .string("JWT"))]
        if let id = file["private_key_id"]?.string { header.append(.init("kid", .string(id))) }
        let claims: [JSONValue.Member] = [
            .init("iss", .string(email)), .init("scope", .string(Self.scope)), .init("aud", .string(audience)),
            .init("iat", .integer(now)), .init("exp", .integer(now + 3600)),
        ]
        let content = [header, claims].map { Self.encoded(JSONValue.object($0).serialized()) }.joined(separator: ".")
        guard let signature = key.withBytes({ RSASignature.sign(Array(content.utf8), pem: $0) }) else {
            throw call.failure(.malformed("`private_key` is no RSA key"))
        }
        return "\(content).\(Self.encoded(signature))"
    }

    private static func encoded(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes, urlSafe: true).replacing("=", with: "")
    }

    private func token(_ server: String, _ fields: [(String, String)]) throws(SecretError) -> ServiceToken {
        let answer = try call.send(
            HTTPRequest(
                .post, server, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: ServiceCall.form(fields), timeouts: ServiceCall.timeouts))
        return try call.token(in: answer)
    }

    // MARK: Machines

    private func ofMachine() throws(SecretError) -> ServiceToken {
        let host = call.session.variable("GCE_METADATA_HOST") ?? "metadata.google.internal"
        let local = ServiceCall(
            session: call.session, provider: call.provider, place: call.place,
            client: call.session.clients.client(usesProxies: false))
        do throws(SecretError) {
            let answer = try local.send(
                HTTPRequest(
                    .get, "http://\(host)/computeMetadata/v1/instance/service-accounts/default/token",
                    headers: ["Metadata-Flavor": "Google"], timeouts: ServiceCall.localTimeouts))
            return try call.token(in: answer)
        } catch {
            guard case .provider(let failure) = error.reason, case .unreachable = failure.cause else { throw error }
            throw call.failure(
                .notConfigured(
                    "there are no Google credentials, and no metadata server answers",
                    advice: "Add `credentials_file`, or set GOOGLE_APPLICATION_CREDENTIALS"))
        }
    }
}
