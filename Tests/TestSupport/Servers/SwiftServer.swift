public import Support

/// A proxy of the real Swift cluster with v1 authentication (tempauth), and with S3.
///
/// All proxies of a process share one cluster and its account `AUTH_test`: tests use containers of their own.
public struct SwiftServer: Sendable {
    /// A user of the account.
    public struct User: Sendable {
        /// Account and user, as `X-Auth-User` has it; the access key of S3, too.
        public let name: String
        /// The key; the secret key of S3, too.
        public let key: Secret
    }

    /// Its address without a path.
    public let url: String
    /// The administrator of the account.
    public let user: User
    /// A user without any right of its own; container ACLs name it `test:reader`.
    public let reader: User
    /// The operator of the cluster, who may set the quota of any account.
    public let clusterOperator: User
    /// The storage policies; the first one is the default.
    public let policies: [String]
    /// The region of its S3.
    public let region: String

    /// Where one logs in.
    public var authURL: String { "\(url)/auth/v1.0" }
    /// The URL of the account, as logging in gives it.
    public var storageURL: String { "\(url)/v1/AUTH_test" }
    /// Its S3, with the key of the administrator; strict in signatures, regions, clocks and digests.
    public var s3: S3Account { s3(as: user) }
    /// Its S3, with the key of a user.
    public func s3(as user: User) -> S3Account {
        S3Account(url: url, region: region, accessKey: user.name, secretKey: user.key)
    }

    init(_ servers: RunningServers, proxy: String) throws {
        url = try servers.text("proxies", proxy)
        user = User(name: try servers.text("swift", "user"), key: Secret(try servers.text("swift", "key")))
        reader = User(name: try servers.text("swift", "reader"), key: Secret(try servers.text("swift", "reader_key")))
        clusterOperator = User(
            name: try servers.text("swift", "operator"), key: Secret(try servers.text("swift", "operator_key")))
        policies = try servers.texts("swift", "policies")
        region = try servers.text("swift", "region")
    }
}
