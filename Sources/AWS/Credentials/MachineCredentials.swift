internal import JSON
internal import Support
internal import Transport

/// The keys of the role that a container or a machine has, from services at addresses of its own.
struct MachineCredentials {
    let environment: [String: String]
    let client: Transport

    private static let timeouts = TransportTimeouts(
        connect: .seconds(1), idle: .seconds(2), firstByte: .seconds(2), whole: .seconds(2))
    private static let containerHosts: Set<String> = [
        "localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
    ]

    private func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    // MARK: Containers

    /// The keys of an ECS task or an EKS pod; nil where the environment names no such service.
    func ofContainer(_ cancellation: CancellationFlag?) throws(AWSError) -> AWSCredentials? {
        var headers: HTTPHeaders = [:]
        let url: String
        if let path = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2\(path)"
        } else if let full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard full.hasPrefix("https://") || Self.containerHosts.contains(Self.host(of: full)) else {
                throw .unsupported("AWS_CONTAINER_CREDENTIALS_FULL_URI with http to another machine")
            }
            url = full
        } else {
            return nil
        }
        if let file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            headers["Authorization"] = try Self.text(of: file)
        } else {
            headers["Authorization"] = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        let service = "the container's credential service"
        let response = try send(HTTPRequest(.get, url, headers: headers), service, cancellation)
        return try Self.credentials(response, service)
    }

    // MARK: Machines

    /// The keys of an EC2 instance's role; nil where no instance answers.
    func ofMachine(_ cancellation: CancellationFlag?) throws(AWSError) -> AWSCredentials? {
        guard variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        let service = "the machine's metadata service"
        let base = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        let root = base.hasSuffix("/") ? String(base.dropLast()) : base
        let token: HTTPResponse
        do throws(AWSError) {
            token = try send(
                HTTPRequest(
                    .put, "\(root)/latest/api/token", headers: ["X-aws-ec2-metadata-token-ttl-seconds": "21600"]),
                service, cancellation)
        } catch {
            // No answer is the usual case of a machine elsewhere.
            if case .unreachable = error { return nil }
            throw error
        }
        guard token.isSuccess else { throw .refused(service, status: token.status, "no session token") }
        let headers: HTTPHeaders = ["X-aws-ec2-metadata-token": String(decoding: token.body, as: UTF8.self)]
        let path = "\(root)/latest/meta-data/iam/security-credentials/"
        let roles = try send(HTTPRequest(.get, path, headers: headers), service, cancellation)
        guard roles.isSuccess, let role = String(decoding: roles.body, as: UTF8.self).split(separator: "\n").first
        else {
            if roles.status == 404 { return nil }
            throw .refused(service, status: roles.status, "no role")
        }
        let keys = try send(HTTPRequest(.get, "\(path)\(role)", headers: headers), service, cancellation)
        return try Self.credentials(keys, service)
    }

    // MARK: Answers

    private func send(
        _ request: HTTPRequest, _ service: String, _ cancellation: CancellationFlag?
    ) throws(AWSError) -> HTTPResponse {
        var request = request
        request.timeouts = Self.timeouts
        do throws(TransportError) {
            return try client.send(request, cancellation: cancellation)
        } catch {
            throw .unreachable(service, error)
        }
    }

    private static func credentials(_ response: HTTPResponse, _ service: String) throws(AWSError) -> AWSCredentials {
        guard response.isSuccess, let answer = try? JSONValue(parsing: response.body),
            let id = answer["AccessKeyId"]?.string, let key = answer["SecretAccessKey"]?.string
        else { throw .refused(service, status: response.status, "no keys") }
        return AWSCredentials(
            accessKeyID: id, secretKey: Secret(key), sessionToken: answer["Token"]?.string.map { Secret($0) },
            expires: answer["Expiration"]?.string.flatMap { Timestamp(iso8601: $0) }, origin: service)
    }

    private static func host(of url: String) -> String {
        let authority = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func text(of path: String) throws(AWSError) -> String {
        do throws(SystemError) {
            return String(
                decoding: try SmallFile.read(path, limit: 64 << 10).filter { $0 > 0x20 }, as: UTF8.self)
        } catch {
            throw .unreadable(path, error.message)
        }
    }
}
