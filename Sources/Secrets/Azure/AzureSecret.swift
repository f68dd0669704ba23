internal import JSON
internal import Support
internal import Transport

/// A value in Azure Key Vault.
public struct AzureSecret: Sendable, Hashable {
    /// The vault's name, which becomes `https://NAME.vault.azure.net`, or its URL.
    public let vault: String
    /// The secret's name.
    public let name: String
    /// The version; nil for the newest.
    public let version: String?
    /// The path to the value in a secret that holds a JSON document; nil for all of it.
    public let key: String?
    /// Who asks.
    public let identity: AzureIdentity

    /// A value of a vault.
    public init(
        vault: String, name: String, version: String? = nil, key: String? = nil, identity: AzureIdentity = .usual
    ) {
        self.vault = vault
        self.name = name
        self.version = version
        self.key = key
        self.identity = identity
    }

    private static let provider = "Azure Key Vault"
    private static let apiVersion = "7.4"
}

extension AzureSecret: SecretProvider {
    var provenance: String { "\(Self.provider) \(vault)/\(name)\(key.map { ", key \($0)" } ?? "")" }

    private var base: String {
        guard vault.contains("://") else { return "https://\(vault).vault.azure.net" }
        return vault.hasSuffix("/") ? String(vault.dropLast()) : vault
    }

    /// What tokens are for: the vault's cloud, without the vault's own name.
    private var resource: String {
        for cloud in ["vault.azure.cn", "vault.usgovcloudapi.net"] where base.hasSuffix(".\(cloud)") {
            return "https://\(cloud)"
        }
        return "https://vault.azure.net"
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let call = ServiceCall(
            session: session, provider: Self.provider, place: "\(vault)/\(name)", client: session.clients.client())
        let token = try AzureLogin(identity: identity, resource: resource, call: call).token()
        let parts = ([name] + (version.map { [$0] } ?? [])).map { PercentEncoding.encode($0) }
        let answer = try call.send(
            HTTPRequest(
                .get, "\(base)/secrets/\(parts.joined(separator: "/"))?api-version=\(Self.apiVersion)",
                headers: ["Authorization": "Bearer \(token.reveal())"], timeouts: ServiceCall.timeouts))
        guard answer.isSuccess else {
            let words = (try? JSONValue(parsing: answer.body))?["error"]?["message"]?.string ?? ""
            throw call.failure(status: answer.status, words)
        }
        guard var text = try call.json(answer)["value"]?.string else {
            throw call.failure(.malformed("the answer holds no value"))
        }
        if let key {
            do throws(KeyedContentError) {
                text = try KeyedContent(format: .json).value(of: key, in: Array(text.utf8))
            } catch {
                throw call.failure(error.cause)
            }
        }
        return try session.value(text, call.provider, call.place)
    }
}
