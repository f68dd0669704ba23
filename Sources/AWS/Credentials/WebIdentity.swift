internal import Support
internal import Transport
internal import XML

/// A token of Kubernetes or another identity provider, exchanged for keys at AWS's token service.
struct WebIdentity {
    let tokenFile: String
    let role: String
    let session: String
    let endpoint: String
    let client: Transport

    private static let limit = 64 << 10

    func credentials(_ cancellation: CancellationFlag?) throws(AWSError) -> AWSCredentials {
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("WebIdentityToken", try token()),
        ]
        let body = fields.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let request = HTTPRequest(
            .post, endpoint.hasSuffix("/") ? endpoint : "\(endpoint)/",
            headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(body.utf8),
            timeouts: TransportTimeouts(
                connect: .seconds(10), idle: .seconds(20), firstByte: .seconds(20), whole: .seconds(30)))
        let response: HTTPResponse
        do throws(TransportError) {
            response = try client.send(request, cancellation: cancellation)
        } catch {
            throw .unreachable("AWS's token service", error)
        }
        let answer = try? XMLElement(parsing: response.body, limit: Self.limit)
        guard response.isSuccess, let keys = answer?.anywhere("Credentials"), let id = keys.text("AccessKeyId"),
            let key = keys.text("SecretAccessKey"), let token = keys.text("SessionToken")
        else {
            throw .refused("AWS's token service", status: response.status, answer?.anywhere("Code")?.text ?? "")
        }
        return AWSCredentials(
            accessKeyID: id, secretKey: Secret(key), sessionToken: Secret(token),
            expires: keys.text("Expiration").flatMap { Timestamp(iso8601: $0) }, origin: "a web identity")
    }

    /// The token is read each time, since it is renewed in its file.
    private func token() throws(AWSError) -> String {
        do throws(SystemError) {
            return String(
                decoding: try SmallFile.read(tokenFile, limit: Self.limit).filter { $0 > 0x20 }, as: UTF8.self)
        } catch {
            throw .unreadable(tokenFile, error.message)
        }
    }
}
