internal import Support

/// One of Duplicati's secret providers, as its URL describes it: our providers with the URL's parameters.
struct DuplicatiProvider {
    private let sources: [any SecretProvider]
    /// The credentials of the URL, by the names that the sources refer to them with.
    private let credentials: [String: Secret]

    private static let label = "Duplicati's secret provider"

    /// - Throws: `SecretError` for a URL that no provider on Linux can be made of.
    init(_ text: String, _ session: SecretSession, key: String) throws(SecretError) {
        guard let url = DuplicatiURL(text) else {
            throw session.failure(
                Self.label, "-",
                .notConfigured(
                    "`url` is no provider's URL", advice: "Write it as `env://`, `file-secret:///path` or such"))
        }
        var builder = Builder(url: url, session: session, key: key)
        sources = try builder.sources()
        credentials = builder.credentials
    }

    /// The value of the key; maps are asked in their order.
    func value(of key: String, _ session: SecretSession) throws(SecretError) -> Secret {
        let session = session.knowing(credentials)
        var missing: SecretError?
        for source in sources {
            do throws(SecretError) {
                return try source.fetch(session)
            } catch {
                guard case .provider(let failure) = error.reason, case .keyMissing = failure.cause else { throw error }
                missing = error
            }
        }
        throw missing ?? session.failure(Self.label, key, .missing)
    }

    /// Makes sources of a URL.
    private struct Builder {
        let url: DuplicatiURL
        let session: SecretSession
        let key: String
        var credentials: [String: Secret] = [:]

        mutating func sources() throws(SecretError) -> [any SecretProvider] {
            switch url.scheme {
            case "env": return [EnvironmentVariable(name: key)]
            case "file-secret":
                return [
                    SecretContent(
                        path: DuplicatiURL.decoded(url.place), format: .json, key: key, ignoresCase: true,
                        passphrase: credential("passphrase"))
                ]
            case "pass": return [PassEntry(key, part: .whole, program: url["pass-command"] ?? "pass")]
            case "hcv": return try vault()
            case "awssm": return try aws()
            case "gcsm": return [try google()]
            case "azkv": return [try azure()]
            case "libsecret":
                throw failure(
                    "`libsecret://` finds items by their label, which is not supported",
                    "Store the value with an attribute, as `secret-tool store` does, and use `libsecret`")
            case "keychain", "wincred":
                throw failure(
                    "`\(url.scheme)://` is a store of another operating system",
                    "Move the value to a provider that Linux has")
            default:
                throw failure(
                    "there is no provider `\(url.scheme)://`",
                    "One of: env, file-secret, pass, hcv, awssm, gcsm, azkv")
            }
        }

        /// A parameter that is a credential, as a reference.
        private mutating func credential(_ name: String, or variable: String? = nil) -> SecretReference? {
            guard let value = url[name] ?? variable.flatMap({ session.variable($0) }) else { return nil }
            let reference = SecretReference("\(name) of \(url.scheme)://\(url.place)")
            let secret = Secret(value)
            session.mask.add(secret)
            credentials[reference.name] = secret
            return reference
        }

        private func failure(_ what: String, _ advice: String) -> SecretError {
            session.failure(label, "\(url.scheme)://\(url.place)", .notConfigured(what, advice: advice))
        }

        private func required(_ name: String) throws(SecretError) -> String {
            guard let value = url[name] else { throw failure("`\(name)` is missing", "Add it to the URL") }
            return value
        }

        private func names() throws(SecretError) -> [String] {
            let names = url.list("secrets")
            guard !names.isEmpty else { throw failure("`secrets` is missing", "Add it to the URL") }
            return names
        }

        private mutating func vault() throws(SecretError) -> [any SecretProvider] {
            let login: VaultServer.Login
            if let token = credential("token") {
                login = .token(token)
            } else if let id = url["client-id"] ?? session.variable("HCP_CLIENT_ID"),
                let secret = credential("client-secret", or: "HCP_CLIENT_SECRET")
            {
                login = .appRole(role: Template(id), secret: secret, mount: "approle")
            } else {
                throw failure("there is neither `token` nor `client-id` with `client-secret`", "Add one to the URL")
            }
            let scheme = url["connection-type"]?.lowercased() == "http" ? "http" : "https"
            let server = VaultServer(
                url: "\(scheme)://\(url.place)", namespace: nil, certificateAuthorities: nil, login: login)
            let mount = url["mount"] ?? "secret"
            let ignoresCase = !url.isOn("case-sensitive")
            return try names().map { name in
                VaultSecret(
                    path: name, key: key, mount: mount, engine: .kv2, version: nil, server: server,
                    ignoresCase: ignoresCase)
            }
        }

        private mutating func aws() throws(SecretError) -> [any SecretProvider] {
            var keys: AWSAccount.Keys?
            if let id = url["access-id"] ?? session.variable("AWS_ACCESS_KEY_ID"),
                let secret = credential("secret-key", or: "AWS_SECRET_ACCESS_KEY")
            {
                keys = .init(accessKeyID: Template(id), secretKey: secret)
            }
            let service = url["service-url"] ?? session.variable("AWS_ENDPOINT_URL")
            let region = url["region"] ?? session.variable("AWS_DEFAULT_REGION")
            // A service elsewhere has any region that its client likes.
            let account = AWSAccount(
                region: region ?? (service == nil ? nil : "us-east-1"), url: service, keys: keys)
            let ignoresCase = !url.isOn("case-sensitive")
            return try names().map { name in
                AWSManagedSecret(name: name, key: key, account: account, ignoresCase: ignoresCase)
            }
        }

        private mutating func google() throws(SecretError) -> any SecretProvider {
            let identity: GoogleIdentity
            // The documentation says `token`, the code reads `access-token`.
            if let token = credential("access-token") ?? credential("token") {
                identity = .accessToken(token)
            } else if let key = credential("service-account-json") {
                identity = .key(key)
            } else if let file = url["service-account-file"] {
                identity = .keyFile(file)
            } else {
                identity = .usual
            }
            return GoogleSecret(
                project: try required("project-id"), name: key, version: url["version"] ?? "latest",
                identity: identity)
        }

        private mutating func azure() throws(SecretError) -> any SecretProvider {
            guard let vault = url["vault-uri"] ?? url["keyvault-name"] else {
                throw failure("there is neither `keyvault-name` nor `vault-uri`", "Add one to the URL")
            }
            let identity: AzureIdentity
            switch url["auth-type"]?.lowercased() {
            case "clientsecret":
                guard let secret = credential("client-secret") else {
                    throw failure("`client-secret` is missing", "Add it to the URL")
                }
                identity = .client(
                    tenant: try required("tenant-id"), id: try required("client-id"), secret: secret)
            case "usernamepassword":
                guard let password = credential("password") else {
                    throw failure("`password` is missing", "Add it to the URL")
                }
                identity = .user(
                    tenant: try required("tenant-id"), clientID: try required("client-id"),
                    name: try required("username"), password: password)
            default: identity = .managed(clientID: url["client-id"])
            }
            return AzureSecret(vault: vault, name: key, identity: identity)
        }
    }
}

/// A variable of the environment, as a provider.
private struct EnvironmentVariable: SecretProvider {
    let name: String

    var provenance: String { "environment variable \(name)" }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        guard let value = session.surroundings.environment[name] else {
            throw SecretError(session.name, .variableMissing(name))
        }
        guard !value.isEmpty else { throw SecretError(session.name, .variableEmpty(name)) }
        return Secret(value)
    }
}

extension SecretSession {
    /// A session that has values for further names.
    fileprivate func knowing(_ credentials: [String: Secret]) -> SecretSession {
        SecretSession(
            name: name, surroundings: surroundings, mask: mask, tokens: tokens, clients: clients, aws: aws,
            copies: copies
        ) { [resolve] reference throws(SecretError) in
            if let secret = credentials[reference.name] { return secret }
            return try resolve(reference)
        }
    }
}
