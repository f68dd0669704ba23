public import AWS
public import Support

/// Where a real server speaks S3, and a key for it.
public struct S3Account: Sendable {
    /// Its address without a path; buckets are in the path.
    public let url: String
    /// The region that it signs for.
    public let region: String
    /// The public part of the key.
    public let accessKey: String
    /// The secret part of the key.
    public let secretKey: Secret

    /// An endpoint, for another key or region than that of a server.
    public init(url: String, region: String, accessKey: String, secretKey: Secret) {
        self.url = url
        self.region = region
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// The key as the signer takes it.
    public var credentials: AWSCredentials {
        AWSCredentials(accessKeyID: accessKey, secretKey: secretKey, origin: "the tests' own server")
    }
}

extension S3Account {
    /// The endpoint that the facts of servers name.
    init(_ servers: RunningServers) throws {
        self.init(
            url: try servers.text("url"), region: try servers.text("region"),
            accessKey: try servers.text("access_key"), secretKey: Secret(try servers.text("secret_key")))
    }
}
