internal import JSON
internal import Support
internal import Transport

/// A value in the key-value store of HashiCorp Vault or OpenBao.
public struct VaultSecret: Sendable, Hashable {
    /// The two kinds of key-value store.
    public enum Engine: String, Sendable, Hashable, CaseIterable {
        /// Values without versions.
        case kv1
        /// Values with versions.
        case kv2
    }

    /// Mount and path, such as `secret/backup/nas`, as `vault kv get` takes them.
    public let path: String
    /// The key of the value; nil when there is only one.
    public let key: String?
    /// Where the store is mounted; nil asks the server.
    public let mount: String?
    /// The kind of store; nil asks the server.
    public let engine: Engine?
    /// The version of the value; nil for the newest.
    public let version: Int?
    /// The server.
    public let server: VaultServer
    /// Whether keys match in any letter case.
    public let ignoresCase: Bool

    /// A value at a server.
    public init(
        path: String, key: String?, mount: String? = nil, engine: Engine? = nil, version: Int? = nil,
        server: VaultServer, ignoresCase: Bool = false
    ) {
        self.path = path
        self.key = key
        self.mount = mount
        self.engine = engine
        self.version = version
        self.server = server
        self.ignoresCase = ignoresCase
    }
}

extension VaultSecret: SecretProvider {
    var provenance: String {
        "Vault \(path)\(key.map { ", key \($0)" } ?? "")\(server.url.map { ", at \($0)" } ?? "")"
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let client = try VaultClient(server, session, place: path)
        let data = try read(client)
        guard let members = data.object else { throw client.call.failure(.malformed("the value is no mapping")) }
        let key: String
        if let given = self.key {
            key = given
        } else if members.count == 1 {
            key = members[0].name
        } else {
            throw client.call.failure(members.isEmpty ? .empty : .keyNeeded)
        }
        let text: String
        do throws(KeyedContentError) {
            text = try KeyedContent(format: .json, ignoresCase: ignoresCase).find(key, in: data)
        } catch {
            throw client.call.failure(error.cause)
        }
        return try session.value(text, client.call.provider, client.call.place)
    }

    /// All keys and values of the path.
    func read(_ client: VaultClient) throws(SecretError) -> JSONValue {
        let (mount, rest, engine) = try place(client)
        switch engine {
        case .kv1:
            let answer = try client.get("\(mount)/\(rest)")
            guard answer.isSuccess else { throw client.failure(answer) }
            return try client.call.json(answer)["data"] ?? .null
        case .kv2:
            let answer = try client.get("\(mount)/data/\(rest)\(version.map { "?version=\($0)" } ?? "")")
            // A version that was deleted is answered with 404 and what is known of it.
            guard answer.isSuccess, let data = try client.call.json(answer)["data"]?["data"], data != .null else {
                throw answer.isSuccess ? client.call.failure(.missing) : client.failure(answer)
            }
            return data
        }
    }

    /// Where the store is mounted, what is below, and which kind it is.
    private func place(
        _ client: VaultClient
    ) throws(SecretError) -> (mount: String, rest: String, engine: Engine) {
        let path = self.path.split(separator: "/").joined(separator: "/")
        if let mount = mount?.split(separator: "/").joined(separator: "/") {
            let rest = path.hasPrefix("\(mount)/") ? String(path.dropFirst(mount.count + 1)) : path
            return (mount, rest, engine ?? .kv2)
        }
        let answer = try client.get("sys/internal/ui/mounts/\(path)")
        guard answer.isSuccess else {
            guard answer.status == 403 || answer.status == 404 else { throw client.failure(answer) }
            throw client.call.failure(
                .notConfigured(
                    "the server does not tell where the store is mounted, or access was denied",
                    advice: "Check path and policy, or add `mount` and `engine`"))
        }
        let data = try client.call.json(answer)["data"]
        guard let mounted = data?["path"]?.string?.split(separator: "/").joined(separator: "/"),
            path.hasPrefix("\(mounted)/")
        else { throw client.call.failure(.missing) }
        let engine: Engine = data?["options"]?["version"]?.string == "2" ? .kv2 : .kv1
        return (mounted, String(path.dropFirst(mounted.count + 1)), self.engine ?? engine)
    }
}
