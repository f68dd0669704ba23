internal import Secrets
internal import Support
internal import YAML

/// Secrets and credentials.
extension Decoder {
    /// A credential as a reference; one that is written in place becomes a secret named by its path.
    mutating func credential(_ node: Node, _ path: String) -> SecretReference {
        if let name = text(node["secret"]) { return SecretReference(name) }
        if let scalar = node.scalar {
            let template = interpolation.expand(scalar.text).template
            if template.pieces.count == 1, let reference = template.references.first { return reference }
            secrets[path] = template.text.map { .literal(Secret($0)) } ?? .composed(template)
        } else {
            secrets[path] = source(node, path)
        }
        return SecretReference(path)
    }

    /// A text that may hold secrets, or a credential in its place.
    mutating func template(_ node: Node?, _ path: String) -> Template {
        guard let node, node.entries != nil else { return template(node) }
        return Template([.secret(credential(node, path))])
    }

    /// Where a secret comes from.
    mutating func source(_ node: Node, _ path: String) -> SecretSource? {
        if let variable = text(node["env"]) { return self.variable(variable) }
        if let file = node["file"] { return self.file(file, "\(path).file") }
        if let name = text(node["docker"]) { return .file("\(Self.dockerFolder)/\(name)") }
        if let name = text(node["systemd"]) { return .systemd(name) }
        if let command = node["command"] { return .command(secretCommand(command, "\(path).command")) }
        if let pass = node["pass"] { return .pass(passEntry(pass)) }
        if let item = node["libsecret"] {
            let attributes = own(item).compactMap { entry in text(entry.value).map { (entry.key, $0) } }
            return .libsecret(LibsecretItem(Dictionary(attributes) { $1 }))
        }
        if let sops = node["sops"], let file = self.path(sops["file"]) {
            return .sops(SOPSFile(file, key: text(sops["key"])))
        }
        if let vault = node["vault"] { return .vault(vaultSecret(vault, "\(path).vault")) }
        return cloudSource(node, path)
    }

    private static let dockerFolder = "/run/secrets"

    private mutating func cloudSource(_ node: Node, _ path: String) -> SecretSource? {
        if let secret = node["aws_secrets_manager"], let name = text(secret["name"]) {
            return .awsSecretsManager(
                AWSManagedSecret(
                    name: name, key: text(secret["key"]), stage: text(secret["stage"]),
                    account: account(secret, "\(path).aws_secrets_manager")))
        }
        if let parameter = node["aws_parameter"], let name = text(parameter["name"]) {
            return .awsParameter(
                AWSParameter(
                    name: name, key: text(parameter["key"]), account: account(parameter, "\(path).aws_parameter")))
        }
        if let secret = node["google_secret_manager"] {
            return .google(
                GoogleSecret(
                    project: text(secret["project"]) ?? "", name: text(secret["name"]) ?? "",
                    version: text(secret["version"]) ?? "latest", key: text(secret["key"]),
                    identity: googleIdentity(secret, "\(path).google_secret_manager"), url: text(secret["url"])))
        }
        if let secret = node["azure_key_vault"] {
            return .azure(
                AzureSecret(
                    vault: text(secret["vault"]) ?? "", name: text(secret["name"]) ?? "",
                    version: text(secret["version"]), key: text(secret["key"]),
                    identity: azureIdentity(secret["auth"], "\(path).azure_key_vault.auth")))
        }
        return node["duplicati"].map { provider in
            .duplicati(
                DuplicatiSecret(
                    url: template(provider["url"]), key: text(provider["key"]) ?? "",
                    cache: text(provider["cache"]).flatMap { DuplicatiSecret.Cache(rawValue: $0) } ?? .none))
        }
    }

    // MARK: Files and programs

    private mutating func file(_ node: Node, _ path: String) -> SecretSource {
        if let plain = self.path(node) { return .file(plain) }
        let file = self.path(node["path"]) ?? ""
        let key = text(node["key"])
        let passphrase = node["passphrase"].map { credential($0, "\(path).passphrase") }
        if key == nil, passphrase == nil { return .file(file) }
        return .content(
            SecretContent(
                path: file, format: text(node["format"]).flatMap { SecretContent.Format(rawValue: $0) }, key: key,
                passphrase: passphrase))
    }

    private mutating func secretCommand(_ node: Node, _ path: String) -> SecretCommand {
        let words = items(node.items == nil ? node["run"] : node).map { text($0) ?? "" }
        var environment: [String: Template] = [:]
        for variable in own(node["environment"]) {
            environment[variable.key] = template(variable.value, "\(path).environment.\(variable.key)")
        }
        let timeout = text(node["timeout"]).flatMap { CalendarDuration(parsing: $0) }
        return SecretCommand(words, environment: environment, timeout: timeout.map { max(1, $0.fixedSeconds) } ?? 30)
    }

    private func passEntry(_ node: Node) -> PassEntry {
        if let entry = text(node) { return PassEntry(entry) }
        return PassEntry(
            text(node["entry"]) ?? "", part: text(node["key"]).map { .field($0) } ?? .firstLine,
            store: path(node["store"]))
    }

    // MARK: Servers

    private mutating func vaultSecret(_ node: Node, _ path: String) -> VaultSecret {
        let server = VaultServer(
            url: text(node["url"]), namespace: text(node["namespace"]),
            certificateAuthorities: self.path(node["ca_file"]),
            login: vaultLogin(node["auth"], "\(path).auth"))
        return VaultSecret(
            path: text(node["path"]) ?? "", key: text(node["key"]), mount: text(node["mount"]),
            engine: text(node["engine"]).flatMap { VaultSecret.Engine(rawValue: $0) },
            version: integer(node["version"]), server: server)
    }

    private mutating func vaultLogin(_ node: Node?, _ path: String) -> VaultServer.Login {
        if let role = node?["approle"] {
            return .appRole(
                role: template(role["role_id"], "\(path).approle.role_id"),
                secret: role["secret_id"].map { credential($0, "\(path).approle.secret_id") },
                mount: text(role["mount"]) ?? "approle")
        }
        if let role = node?["kubernetes"] {
            return .kubernetes(
                role: text(role["role"]) ?? "", tokenFile: self.path(role["token_file"]),
                mount: text(role["mount"]) ?? "kubernetes")
        }
        if let role = node?["jwt"], let token = role["token"] {
            return .jwt(
                role: text(role["role"]) ?? "", token: credential(token, "\(path).jwt.token"),
                mount: text(role["mount"]) ?? "jwt")
        }
        return .token(node?["token"].map { credential($0, "\(path).token") })
    }

    private mutating func account(_ node: Node, _ path: String) -> AWSAccount {
        var keys: AWSAccount.Keys?
        if let id = node["access_key_id"], let secret = node["secret_access_key"] {
            keys = AWSAccount.Keys(
                accessKeyID: template(id, "\(path).access_key_id"),
                secretKey: credential(secret, "\(path).secret_access_key"))
        }
        return AWSAccount(
            region: text(node["region"]), url: text(node["url"]), profile: text(node["profile"]), keys: keys)
    }

    private mutating func googleIdentity(_ node: Node, _ path: String) -> GoogleIdentity {
        if let file = self.path(node["credentials_file"]) { return .keyFile(file) }
        if let key = node["credentials"] { return .key(credential(key, "\(path).credentials")) }
        return node["access_token"].map { .accessToken(credential($0, "\(path).access_token")) } ?? .usual
    }

    private mutating func azureIdentity(_ node: Node?, _ path: String) -> AzureIdentity {
        if let client = node?["client"], let secret = client["secret"] {
            return .client(
                tenant: text(client["tenant"]) ?? "", id: text(client["id"]) ?? "",
                secret: credential(secret, "\(path).client.secret"))
        }
        return node?["managed_identity"].map { .managed(clientID: text($0["client_id"])) } ?? .usual
    }
}
