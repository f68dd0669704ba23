internal import JSON
internal import Support

/// A value in AWS Secrets Manager.
public struct AWSManagedSecret: Sendable, Hashable {
    /// The secret's name or ARN.
    public let name: String
    /// The path to the value in a secret that holds a JSON document; nil for all of it.
    public let key: String?
    /// The stage of the version, such as `AWSPREVIOUS`; nil for the current one.
    public let stage: String?
    /// Where and as whom.
    public let account: AWSAccount
    /// Whether keys match in any letter case.
    public let ignoresCase: Bool

    /// A value of an account.
    public init(
        name: String, key: String?, stage: String? = nil, account: AWSAccount, ignoresCase: Bool = false
    ) {
        self.name = name
        self.key = key
        self.stage = stage
        self.account = account
        self.ignoresCase = ignoresCase
    }

    static let provider = "AWS Secrets Manager"
}

extension AWSManagedSecret: SecretProvider {
    var provenance: String { "\(Self.provider) \(name)\(key.map { ", key \($0)" } ?? "")" }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let client = try client(session)
        let text = try text(client)
        guard let key else { return try session.value(text, Self.provider, client.call.place) }
        let value: String
        do throws(KeyedContentError) {
            value = try KeyedContent(format: .json, ignoresCase: ignoresCase).value(of: key, in: Array(text.utf8))
        } catch {
            throw client.call.failure(error.cause)
        }
        return try session.value(value, Self.provider, client.call.place)
    }

    func client(_ session: SecretSession) throws(SecretError) -> AWSClient {
        try AWSClient(
            account, service: ("secretsmanager", "SECRETS_MANAGER"), target: "secretsmanager",
            provider: Self.provider, place: name, session)
    }

    /// All of the secret's text.
    func text(_ client: AWSClient) throws(SecretError) -> String {
        var members = [JSONValue.Member("SecretId", .string(name))]
        if let stage { members.append(.init("VersionStage", .string(stage))) }
        let answer = try client.perform("GetSecretValue", members)
        if let text = answer["SecretString"]?.string { return text }
        guard let binary = answer["SecretBinary"]?.string.flatMap({ Base64.decode($0) }) else {
            throw client.call.failure(.malformed("the answer holds no value"))
        }
        guard let text = String(validating: binary, as: UTF8.self) else { throw client.call.failure(.notText) }
        return text
    }
}
