internal import JSON
internal import Support
internal import Transport

/// A value in Google Secret Manager.
public struct GoogleSecret: Sendable, Hashable {
    /// The project's name or number.
    public let project: String
    /// The secret's name.
    public let name: String
    /// The version; `latest` for the newest.
    public let version: String
    /// The path to the value in a secret that holds a JSON document; nil for all of it.
    public let key: String?
    /// Who asks.
    public let identity: GoogleIdentity
    /// The service's address; nil for Google's own.
    public let url: String?

    /// A value of a project.
    public init(
        project: String, name: String, version: String = "latest", key: String? = nil,
        identity: GoogleIdentity = .usual, url: String? = nil
    ) {
        self.project = project
        self.name = name
        self.version = version
        self.key = key
        self.identity = identity
        self.url = url
    }

    private static let provider = "Google Secret Manager"
}

extension GoogleSecret: SecretProvider {
    var provenance: String {
        "\(Self.provider) \(project)/\(name)\(version == "latest" ? "" : " version \(version)")"
            + (key.map { ", key \($0)" } ?? "")
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let call = ServiceCall(
            session: session, provider: Self.provider, place: "\(project)/\(name)", client: session.clients.client())
        let token = try GoogleLogin(identity: identity, call: call).token()
        let base = url ?? "https://secretmanager.googleapis.com"
        let parts = [project, name, version].map { PercentEncoding.encode($0) }
        let answer = try call.send(
            HTTPRequest(
                .get, "\(base)/v1/projects/\(parts[0])/secrets/\(parts[1])/versions/\(parts[2]):access",
                headers: ["Authorization": "Bearer \(token.reveal())"], timeouts: ServiceCall.timeouts))
        guard answer.isSuccess else {
            let words = (try? JSONValue(parsing: answer.body))?["error"]?["message"]?.string ?? ""
            throw call.failure(status: answer.status, words)
        }
        guard var value = try call.json(answer)["payload"]?["data"]?.string.flatMap({ Base64.decode($0) }) else {
            throw call.failure(.malformed("the answer holds no value"))
        }
        guard let key else { return try session.value(&value, call.provider, call.place) }
        let text: String
        do throws(KeyedContentError) {
            text = try KeyedContent(format: .json).value(of: key, in: value)
        } catch {
            throw call.failure(error.cause)
        }
        return try session.value(text, call.provider, call.place)
    }
}
