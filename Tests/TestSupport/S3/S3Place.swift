internal import AWS
public import Destinations
public import Support
public import Transport

/// A server that speaks S3, as tests use it: buckets of their own, destinations, and requests past the destination.
public struct S3Place: Sendable {
    /// Where the server is, and its key.
    public let account: S3Account

    /// A server.
    public init(_ account: S3Account) {
        self.account = account
    }

    /// A name that no bucket has.
    public static func freshBucket() -> String { "dunnage-\(String(UInt64.random(in: 0 ... .max), radix: 36))" }

    /// The URL of a place within a bucket: at another address than the server's, and with another key, if need be.
    public func url(
        _ bucket: String, prefix: String = "backup", at address: String? = nil, as account: S3Account? = nil
    )
        -> String
    {
        let account = account ?? self.account
        let server = PercentEncoding.encode(address ?? self.account.url)
        let id = PercentEncoding.encode(account.accessKey)
        let key = PercentEncoding.encode(account.secretKey.reveal())
        return "s3://\(bucket)/\(prefix)?s3-server-name=\(server)&aws-access-key-id=\(id)&aws-secret-access-key=\(key)"
            + "&s3-location-constraint=\(account.region)"
    }

    /// Opens a destination.
    public func open(
        _ bucket: String, prefix: String = "backup", options: [String: String] = [:], at address: String? = nil,
        environment: DestinationEnvironment = DestinationEnvironment()
    ) throws(DestinationError) -> any Destination {
        try DestinationRegistry.open(
            url: url(bucket, prefix: prefix, at: address), options: options, environment: environment)
    }

    /// Opens a destination in a bucket of its own.
    public func fresh(
        options: [String: String] = [:], at address: String? = nil,
        environment: DestinationEnvironment = DestinationEnvironment()
    ) throws(DestinationError) -> (destination: any Destination, bucket: String) {
        let bucket = Self.freshBucket()
        let destination = try open(bucket, options: options, at: address, environment: environment)
        try destination.prepare(create: true)
        return (destination, bucket)
    }

    /// Sends a signed request past all destinations.
    public func send(
        _ method: HTTPRequest.Method, _ path: String, query: [(name: String, value: String)] = [],
        headers: HTTPHeaders = [:], body: [UInt8] = []
    ) throws -> HTTPResponse {
        let signer = SigV4(region: account.region, service: "s3")
        let request = try signer.sign(
            .init(method, endpoint: account.url, path: path, query: query, headers: headers, body: body),
            with: account.credentials, at: .now())
        return try Transport(version: "test", settings: TransportSettings(proxy: .none)).send(request)
    }
}
