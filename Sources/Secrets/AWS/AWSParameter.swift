internal import JSON
internal import Support

/// A parameter of AWS Systems Manager's Parameter Store.
public struct AWSParameter: Sendable, Hashable {
    /// The parameter's name or ARN, such as `/backup/passphrase`; `:3` behind it for a version.
    public let name: String
    /// The path to the value in a parameter that holds a JSON document; nil for all of it.
    public let key: String?
    /// Where and as whom.
    public let account: AWSAccount

    /// A parameter of an account.
    public init(name: String, key: String? = nil, account: AWSAccount) {
        self.name = name
        self.key = key
        self.account = account
    }

    private static let provider = "AWS Parameter Store"
}

extension AWSParameter: SecretProvider {
    var provenance: String { "\(Self.provider) \(name)\(key.map { ", key \($0)" } ?? "")" }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let client = try AWSClient(
            account, service: ("ssm", "SSM"), target: "AmazonSSM", provider: Self.provider, place: name, session)
        let answer = try client.perform(
            "GetParameter", [.init("Name", .string(name)), .init("WithDecryption", .bool(true))])
        guard var value = answer["Parameter"]?["Value"]?.string else {
            throw client.call.failure(.malformed("the answer holds no value"))
        }
        if let key {
            do throws(KeyedContentError) {
                value = try KeyedContent(format: .json).value(of: key, in: Array(value.utf8))
            } catch {
                throw client.call.failure(error.cause)
            }
        }
        return try session.value(value, Self.provider, client.call.place)
    }
}
