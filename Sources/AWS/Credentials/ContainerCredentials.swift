internal import Support
internal import Transport

/// The keys of the role that an ECS task or an EKS pod has.
struct ContainerCredentials {
    let surroundings: CredentialSurroundings

    private static let service = "the container's credential service"
    /// Plain HTTP is safe to the own machine, and to the addresses that ECS and EKS have for this.
    private static let hosts: Set<String> = [
        "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
    ]

    /// The keys; nil where the environment names no such service.
    func find() throws(AWSError) -> AWSCredentials? {
        guard let url = try url() else { return nil }
        var headers: HTTPHeaders = [:]
        if let file = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            headers["Authorization"] = try text(of: file)
        } else {
            headers["Authorization"] = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        let response = try surroundings.askLocally(
            HTTPRequest(.get, url, headers: headers), of: Self.service, within: .seconds(2), attempts: 3)
        guard response.isSuccess,
            let keys = AWSKeyDocument.read(response.body, token: "Token", origin: Self.service)
        else { throw .refused(Self.service, status: response.status, "no keys") }
        return keys
    }

    private func url() throws(AWSError) -> String? {
        if let path = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            return "http://169.254.170.2\(path)"
        }
        guard let full = surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
        let host = Self.host(of: full)
        guard full.hasPrefix("https://") || Self.hosts.contains(host) || Self.isLoopback(host) else {
            throw .unsupported("AWS_CONTAINER_CREDENTIALS_FULL_URI with http to another machine")
        }
        return full
    }

    private static func isLoopback(_ host: String) -> Bool { host.hasPrefix("127.") && S3BucketName.isAddress(host) }

    private static func host(of url: String) -> String {
        let authority = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
        return String(authority.prefix { $0 != ":" })
    }

    /// What the file says, with its blanks, as in `Bearer x`, but without line breaks at its end.
    private func text(of path: String) throws(AWSError) -> String {
        do throws(SystemError) {
            var bytes = try SmallFile.read(path, limit: 64 << 10)
            while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw .unreadable(path, error.message)
        }
    }
}
