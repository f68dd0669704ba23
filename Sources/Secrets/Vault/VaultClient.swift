internal import JSON
internal import Support
internal import Transport

/// Requests to one server of Vault or OpenBao, with a token that is fetched when it is first needed.
struct VaultClient {
    let call: ServiceCall
    private let server: VaultServer
    private let address: String
    private let namespace: String?

    /// A client; `place` is what is looked for, for errors.
    init(_ server: VaultServer, _ session: SecretSession, place: String) throws(SecretError) {
        guard let url = server.url ?? session.variable("VAULT_ADDR") ?? session.variable("BAO_ADDR") else {
            throw session.failure(
                "Vault", place,
                .notConfigured("the server's address is not known", advice: "Add `url`, or set VAULT_ADDR"))
        }
        address = url.hasSuffix("/") ? String(url.dropLast()) : url
        namespace = server.namespace ?? session.variable("VAULT_NAMESPACE") ?? session.variable("BAO_NAMESPACE")
        let authorities =
            server.certificateAuthorities ?? session.variable("VAULT_CACERT") ?? session.variable("BAO_CACERT")
        self.server = server
        call = ServiceCall(
            session: session, provider: "Vault", place: "\(place) at \(address)",
            client: session.clients.client(certificateAuthorities: authorities))
    }

    /// Reads a path of the API with the token; once more with a new login when the server refuses the one that was kept.
    func get(_ path: String) throws(SecretError) -> HTTPResponse {
        let (token, isKept) = try token()
        let answer = try send(.get, path, token: token)
        guard answer.status == 403, isKept, canLogIn else { return answer }
        call.session.tokens[tokenKey] = nil
        return try send(.get, path, token: try self.token().secret)
    }

    /// What an answer other than success means.
    func failure(_ answer: HTTPResponse) -> SecretError {
        let words = Self.words(answer)
        if answer.status == 503, words.contains("sealed") {
            return call.failure(.unavailable(status: 503, "it is sealed; unseal it"))
        }
        // A store that was just made, or made one with versions, says so for a moment.
        if answer.status == 400, words.hasPrefix("Upgrading") {
            return call.failure(.unavailable(status: 400, words))
        }
        if answer.status == 403, !isKnown { return call.failure(.rejected(words)) }
        return call.failure(status: answer.status, words)
    }

    /// Whether the server knows the token; a refusal says the same for one that it does not know and for one that lacks a
    /// right, but every token may look itself up.
    private var isKnown: Bool {
        guard let token = try? token().secret, let answer = try? send(.get, "auth/token/lookup-self", token: token)
        else { return true }
        return answer.status != 403
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, token: Secret? = nil, body: JSONValue? = nil
    ) throws(SecretError) -> HTTPResponse {
        var headers: HTTPHeaders = ["X-Vault-Request": "true"]
        headers["X-Vault-Namespace"] = namespace
        headers["X-Vault-Token"] = token?.reveal()
        if body != nil { headers["Content-Type"] = "application/json" }
        let parts = path.split(separator: "?", maxSplits: 1)
        let encoded = PercentEncoding.encode((parts.first ?? "").utf8) { $0 == UInt8(ascii: "/") }
        let query = parts.count > 1 ? "?\(parts[1])" : ""
        return try call.send(
            HTTPRequest(
                method, "\(address)/v1/\(encoded)\(query)", headers: headers, body: body?.serialized() ?? [],
                timeouts: ServiceCall.timeouts))
    }

    // MARK: Tokens

    private var tokenKey: String { "vault \(address) \(namespace ?? "") \(server.login)" }

    private var canLogIn: Bool { if case .token = server.login { false } else { true } }

    /// A token, and whether it was kept from before.
    private func token() throws(SecretError) -> (secret: Secret, isKept: Bool) {
        let now = call.session.surroundings.now()
        if case .token(let reference) = server.login { return (try givenToken(reference), false) }
        if let kept = call.session.tokens[tokenKey] {
            if kept.isDue(at: now), let renewed = try? renew(kept) {
                call.session.tokens[tokenKey] = renewed
                return (renewed.secret, true)
            }
            if kept.isFresh(at: now) { return (kept.secret, true) }
        }
        let made = try logIn()
        call.session.mask.add(made.secret)
        call.session.tokens[tokenKey] = made
        return (made.secret, false)
    }

    private func givenToken(_ reference: SecretReference?) throws(SecretError) -> Secret {
        if let reference { return try call.session.resolve(reference) }
        if let text = call.session.variable("VAULT_TOKEN") ?? call.session.variable("BAO_TOKEN") {
            let secret = Secret(text)
            call.session.mask.add(secret)
            return secret
        }
        if let home = call.session.variable("HOME"),
            let secret = try? SecretFile(name: call.session.name, path: "\(home)/.vault-token").read()
        {
            call.session.mask.add(secret)
            return secret
        }
        throw call.failure(.notConfigured("there is no token", advice: "Add `auth`, or set VAULT_TOKEN"))
    }

    private func renew(_ token: ServiceToken) throws(SecretError) -> ServiceToken {
        let answer = try send(.post, "auth/token/renew-self", token: token.secret, body: .object([]))
        guard answer.isSuccess else { throw call.failure(status: answer.status, Self.words(answer)) }
        return try self.token(in: answer)
    }

    private func logIn() throws(SecretError) -> ServiceToken {
        let mount: String
        var members: [JSONValue.Member] = []
        switch server.login {
        case .token: throw call.failure(.notConfigured("there is no token", advice: "Add `auth`, or set VAULT_TOKEN"))
        case .appRole(let role, let secret, let place):
            mount = place
            members.append(.init("role_id", .string(try call.session.text(role))))
            if let secret { members.append(.init("secret_id", .string(try call.session.resolve(secret).reveal()))) }
        case .kubernetes(let role, let file, let place):
            mount = place
            let path = file ?? "/var/run/secrets/kubernetes.io/serviceaccount/token"
            // It is renewed in its file, so it is read for each login.
            let token = try SecretFile(name: call.session.name, path: path).read()
            call.session.mask.add(token)
            members = [.init("role", .string(role)), .init("jwt", .string(token.reveal()))]
        case .jwt(let role, let token, let place):
            mount = place
            members = [
                .init("role", .string(role)), .init("jwt", .string(try call.session.resolve(token).reveal())),
            ]
        }
        let answer = try send(.post, "auth/\(mount)/login", body: .object(members))
        guard answer.isSuccess else {
            // To a login, a wrong role or secret is answered with 400 and 403 as well.
            if [400, 403].contains(answer.status) { throw call.failure(.rejected(Self.words(answer))) }
            throw failure(answer)
        }
        return try token(in: answer)
    }

    /// The server's words.
    private static func words(_ answer: HTTPResponse) -> String {
        let errors = (try? JSONValue(parsing: answer.body))?["errors"]?.array ?? []
        return ServiceCall.shortened(errors.compactMap(\.string).joined(separator: "; "))
    }

    private func token(in answer: HTTPResponse) throws(SecretError) -> ServiceToken {
        let auth = try call.json(answer)["auth"]
        guard let text = auth?["client_token"]?.string, !text.isEmpty else {
            throw call.failure(.malformed("the answer to the login holds no token"))
        }
        let lifetime = auth?["lease_duration"]?.integer ?? 0
        return ServiceToken(
            secret: Secret(text), issued: call.session.surroundings.now(), lifetime: lifetime > 0 ? lifetime : nil,
            isRenewable: auth?["renewable"]?.bool ?? false)
    }
}
