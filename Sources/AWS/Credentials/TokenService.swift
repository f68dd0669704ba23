internal import Support
internal import Transport
internal import XML

/// AWS's Security Token Service, which gives the keys of roles.
/// - SeeAlso: AWS Security Token Service API Reference, version 2011-06-15.
struct TokenService {
    let surroundings: CredentialSurroundings
    /// The service's address, without a path.
    let endpoint: String
    let region: String

    static let name = "AWS's token service"

    /// The keys of a role, for somebody who has keys.
    func assume(_ role: AWSRole, with keys: AWSCredentials, origin: String) throws(AWSError) -> AWSCredentials {
        let input = SigV4.Input(
            .post, endpoint: endpoint, headers: Self.headers, body: body("AssumeRole", of: role, []))
        let request = try SigV4(region: region, service: "sts").sign(input, with: keys, at: surroundings.now())
        return try credentials(request, origin)
    }

    /// The keys of a role, for somebody who has a token of Kubernetes or another provider of identities.
    func assume(_ role: AWSRole, webIdentity token: String, origin: String) throws(AWSError) -> AWSCredentials {
        // This request is not signed: the token is what counts.
        let request = HTTPRequest(
            .post, endpoint.hasSuffix("/") ? endpoint : "\(endpoint)/", headers: Self.headers,
            body: body("AssumeRoleWithWebIdentity", of: role, [("WebIdentityToken", token)]))
        return try credentials(request, origin)
    }

    private static let headers: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded"]

    private func body(_ action: String, of role: AWSRole, _ more: [(String, String)]) -> [UInt8] {
        var fields = [
            ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role.arn), ("RoleSessionName", role.sessionName),
        ]
        if let duration = role.duration { fields.append(("DurationSeconds", "\(duration)")) }
        if let id = role.externalID { fields.append(("ExternalId", id)) }
        return Array((fields + more).map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
    }

    private func credentials(_ request: HTTPRequest, _ origin: String) throws(AWSError) -> AWSCredentials {
        let response = try surroundings.ask(request, of: Self.name)
        let answer = try? XMLElement(parsing: response.body, limit: 64 << 10)
        guard response.isSuccess, let keys = answer?.anywhere("Credentials"), let id = keys.text("AccessKeyId"),
            let key = keys.text("SecretAccessKey"), let token = keys.text("SessionToken"),
            let expires = keys.text("Expiration").flatMap({ AWSMoment.read($0) })
        else {
            let words = [answer?.anywhere("Code")?.text, answer?.anywhere("Message")?.text].compactMap { $0 }
            throw .refused(
                Self.name, status: response.status, CredentialSurroundings.shortened(words.joined(separator: ": ")))
        }
        return AWSCredentials(
            accessKeyID: id, secretKey: Secret(key), sessionToken: Secret(token), expires: expires, origin: origin)
    }
}
