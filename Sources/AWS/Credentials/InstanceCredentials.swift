internal import Support
internal import Transport

/// The keys of the role that an EC2 instance has, from its metadata service.
/// - SeeAlso: Amazon EC2 User Guide, "Use the Instance Metadata Service".
struct InstanceCredentials {
    let surroundings: CredentialSurroundings
    /// The profile's settings.
    let settings: AWSProfiles.Section

    private static let service = "the machine's metadata service"
    /// It is near, and where it is not, nobody should wait for it.
    private static let timeout = Duration.seconds(1)

    /// The keys; nil where no such service answers, and where the machine has no role.
    func find() throws(AWSError) -> AWSCredentials? {
        guard surroundings.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        let root = base
        var headers: HTTPHeaders = [:]
        do throws(AWSError) {
            headers["X-aws-ec2-metadata-token"] = try sessionToken(root)
        } catch {
            // No answer is the usual case of a machine elsewhere.
            if case .unreachable = error { return nil }
            throw error
        }
        let path = "\(root)/latest/meta-data/iam/security-credentials/"
        let roles = try get(path, headers)
        if roles.status == 404 { return nil }
        guard roles.isSuccess, let role = String(decoding: roles.body, as: UTF8.self).split(separator: "\n").first
        else { throw .refused(Self.service, status: roles.status, "no role") }
        let keys = try get(path + PercentEncoding.encode(String(role)), headers)
        guard keys.isSuccess, let found = AWSKeyDocument.read(keys.body, token: "Token", origin: Self.service) else {
            throw .refused(Self.service, status: keys.status, "no keys")
        }
        return found
    }

    /// The service's address.
    var base: String {
        let given =
            surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? settings["ec2_metadata_service_endpoint"]
        if let given { return given.hasSuffix("/") ? String(given.dropLast()) : given }
        let mode =
            surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
            ?? settings["ec2_metadata_service_endpoint_mode"]
        return mode?.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    /// The token of version 2; nil where the service is so old that it has none.
    private func sessionToken(_ root: String) throws(AWSError) -> String? {
        let request = HTTPRequest(
            .put, "\(root)/latest/api/token", headers: ["X-aws-ec2-metadata-token-ttl-seconds": "21600"])
        let response = try surroundings.askLocally(request, of: Self.service, within: Self.timeout, attempts: 1)
        if response.isSuccess { return String(decoding: response.body, as: UTF8.self) }
        let isDisabled =
            (surroundings.variable("AWS_EC2_METADATA_V1_DISABLED") ?? settings["ec2_metadata_v1_disabled"])?
            .lowercased() == "true"
        guard [403, 404, 405].contains(response.status), !isDisabled else {
            throw .refused(Self.service, status: response.status, "no session token")
        }
        return nil
    }

    private func get(_ url: String, _ headers: HTTPHeaders) throws(AWSError) -> HTTPResponse {
        try surroundings.askLocally(
            HTTPRequest(.get, url, headers: headers), of: Self.service, within: Self.timeout, attempts: 3)
    }
}
