internal import JSON
internal import Support
internal import Transport

/// Who asks Azure.
public enum AzureIdentity: Sendable, Hashable {
    /// The client of the environment (`AZURE_CLIENT_SECRET`), its workload identity, or the machine's.
    case usual
    /// A registered application and its secret.
    case client(tenant: String, id: String, secret: SecretReference)
    /// The identity of the machine; with an id, one of several.
    case managed(clientID: String?)
    /// A user and a password, as old accounts without a second factor allow.
    case user(tenant: String, clientID: String, name: String, password: SecretReference)
}

/// Gets tokens for Azure's services.
struct AzureLogin {
    let identity: AzureIdentity
    /// What the token is for, such as `https://vault.azure.net`.
    let resource: String
    let call: ServiceCall
    /// The address of the login service; nil for the environment's or Azure's own.
    var authority: String?

    private static let apiVersion = "2018-02-01"

    /// A token that is valid for a while.
    func token() throws(SecretError) -> Secret {
        let key = "azure \(resource) \(identity)"
        if let kept = call.session.tokens[key], kept.isFresh(at: call.session.surroundings.now()) { return kept.secret }
        let made = try fetch()
        call.session.mask.add(made.secret)
        call.session.tokens[key] = made
        return made.secret
    }

    private func fetch() throws(SecretError) -> ServiceToken {
        let session = call.session
        switch identity {
        case .client(let tenant, let id, let secret):
            return try ofClient(tenant, id, [("client_secret", try session.resolve(secret).reveal())])
        case .user(let tenant, let id, let name, let password):
            return try post(
                tenant,
                [
                    ("grant_type", "password"), ("client_id", id), ("username", name),
                    ("password", try session.resolve(password).reveal()), ("scope", "\(resource)/.default"),
                ])
        case .managed(let id): return try ofMachine(id)
        case .usual:
            let id = session.variable("AZURE_CLIENT_ID")
            guard let tenant = session.variable("AZURE_TENANT_ID"), let id else { return try ofMachine(id) }
            if let secret = session.variable("AZURE_CLIENT_SECRET") {
                session.mask.add(Secret(secret))
                return try ofClient(tenant, id, [("client_secret", secret)])
            }
            guard let file = session.variable("AZURE_FEDERATED_TOKEN_FILE") else { return try ofMachine(id) }
            // It is renewed in its file, so it is read for each login.
            let assertion = try SecretFile(name: session.name, path: file).read()
            session.mask.add(assertion)
            return try ofClient(
                tenant, id,
                [
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", assertion.reveal()),
                ])
        }
    }

    private func ofClient(
        _ tenant: String, _ id: String, _ proof: [(String, String)]
    ) throws(SecretError) -> ServiceToken {
        try post(
            tenant,
            [("grant_type", "client_credentials"), ("client_id", id), ("scope", "\(resource)/.default")] + proof)
    }

    private func post(_ tenant: String, _ fields: [(String, String)]) throws(SecretError) -> ServiceToken {
        let host =
            authority ?? call.session.variable("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com"
        let base = host.hasSuffix("/") ? String(host.dropLast()) : host
        let answer = try call.send(
            HTTPRequest(
                .post, "\(base)/\(PercentEncoding.encode(tenant))/oauth2/v2.0/token",
                headers: ["Content-Type": "application/x-www-form-urlencoded"], body: ServiceCall.form(fields),
                timeouts: ServiceCall.timeouts))
        return try call.token(in: answer)
    }

    // MARK: Machines

    private func ofMachine(_ id: String?) throws(SecretError) -> ServiceToken {
        let url: String
        var headers: HTTPHeaders = [:]
        var query = "resource=\(PercentEncoding.encode(resource))"
        if let id { query += "&client_id=\(PercentEncoding.encode(id))" }
        if let endpoint = call.session.variable("IDENTITY_ENDPOINT"),
            let proof = call.session.variable("IDENTITY_HEADER")
        {
            // App Service and Functions.
            call.session.mask.add(Secret(proof))
            headers["X-IDENTITY-HEADER"] = proof
            url = "\(endpoint)\(endpoint.contains("?") ? "&" : "?")api-version=2019-08-01&\(query)"
        } else {
            let host = call.session.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254"
            headers["Metadata"] = "true"
            url = "\(host)/metadata/identity/oauth2/token?api-version=\(Self.apiVersion)&\(query)"
        }
        let local = ServiceCall(
            session: call.session, provider: call.provider, place: call.place,
            client: call.session.clients.client(usesProxies: false))
        do throws(SecretError) {
            return try call.token(
                in: try local.send(HTTPRequest(.get, url, headers: headers, timeouts: ServiceCall.localTimeouts)))
        } catch {
            guard case .provider(let failure) = error.reason, case .unreachable = failure.cause else { throw error }
            throw call.failure(
                .notConfigured(
                    "there are no Azure credentials, and no identity service answers",
                    advice: "Add `auth`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"))
        }
    }
}
