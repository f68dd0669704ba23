/// The address of a bucket: where its requests go, how their paths begin, and for which region they are signed.
///
/// - SeeAlso: AWS General Reference, "Amazon Simple Storage Service endpoints and quotas".
public struct S3Endpoint: Sendable, Hashable {
    /// The bucket.
    public let bucket: String
    /// `https` or `http`.
    public let scheme: String
    /// The host, with a port that is not the scheme's; the bucket is in it for the virtual style.
    public let host: String
    /// `path` or `virtual`; never `auto`.
    public let style: S3Addressing
    /// The region of signatures.
    public let region: String
    /// Whether the server is AWS's own.
    public let isAWS: Bool
    /// The path of the bucket itself, not encoded: `/`, or `/bucket`.
    public let bucketPath: String

    private let origin: Origin

    /// What was asked for.
    private struct Origin: Hashable {
        let server: String?
        let style: S3Addressing
        let dualstack: Bool
        let fips: Bool
        let accelerate: Bool
        let secure: Bool
    }

    /// The address of a bucket.
    /// - Parameters:
    ///   - bucket: the bucket's name.
    ///   - server: the host, with a port if need be, or a whole URL; nil for AWS's server of the region. Names of AWS's
    ///     servers of a region stand for all of them, so that `dualstack` and the like have a meaning.
    ///   - region: the region, as the user gives it or the server corrects it; nil for what the host says.
    ///   - fallback: the region when nothing else says one, such as the environment's; nil for `us-east-1`.
    ///   - style: where the bucket stands.
    ///   - dualstack: whether AWS's servers that also answer over IPv6 are used.
    ///   - fips: whether AWS's servers with validated cryptography are used.
    ///   - accelerate: whether AWS's servers at the edge of its network are used.
    ///   - secure: whether it is TLS, unless `server` is a URL.
    /// - Throws: `S3EndpointError` for names and combinations that have no address.
    public init(
        bucket: String, server: String? = nil, region: String? = nil, fallback: String? = nil,
        style: S3Addressing = .auto, dualstack: Bool = false, fips: Bool = false, accelerate: Bool = false,
        secure: Bool = true
    ) throws(S3EndpointError) {
        guard !bucket.isEmpty else { throw .noBucket }
        origin = Origin(
            server: server, style: style, dualstack: dualstack, fips: fips, accelerate: accelerate, secure: secure)
        let address = try server.map { text throws(S3EndpointError) in try S3ServerAddress(text, secure: secure) }
        let known = address.map { S3Server(host: $0.name) }
        isAWS = known?.isAWS ?? true
        self.bucket = bucket
        self.region = region ?? known?.region ?? fallback ?? "us-east-1"
        scheme = address?.scheme ?? (secure ? "https" : "http")
        var server: String
        if var amazon = address == nil ? S3Server.Amazon() : known?.amazon, address?.isPlain != false {
            amazon.dualstack = amazon.dualstack || dualstack
            amazon.fips = amazon.fips || fips
            amazon.accelerate = amazon.accelerate || accelerate
            if amazon.accelerate, amazon.fips { throw .notAccelerated("FIPS") }
            server = Self.host(amazon, region: self.region)
            self.style = try Self.style(
                style, bucket: bucket, isVirtualUsual: scheme == "http" || !bucket.contains("."),
                mustBeVirtual: amazon.accelerate)
        } else {
            if let other = [("dualstack", dualstack), ("fips", fips), ("accelerate", accelerate)].first(where: \.1) {
                throw .onlyAtAWS("`\(other.0)`")
            }
            server = address?.hostAndPort ?? ""
            let isUsual = known?.isVirtualOnly == true || (isAWS && !bucket.contains("."))
            self.style = try Self.style(style, bucket: bucket, isVirtualUsual: isUsual, mustBeVirtual: false)
            if self.style == .virtual, address?.isNumber == true { throw .addressWithoutNames(server) }
        }
        if self.style == .virtual { server = "\(bucket).\(server)" }
        host = server
        let base = address?.path ?? ""
        bucketPath = self.style == .virtual ? (base.isEmpty ? "/" : base) : "\(base)/\(bucket)"
    }

    /// The same bucket in another region, which a server has named: another server of AWS's, and another signature.
    public func moved(to region: String) throws(S3EndpointError) -> S3Endpoint {
        try changed(region: region, style: origin.style)
    }

    /// The same bucket addressed in another way, which a server has asked for.
    public func restyled(_ style: S3Addressing) throws(S3EndpointError) -> S3Endpoint {
        try changed(region: region, style: style)
    }

    private func changed(region: String, style: S3Addressing) throws(S3EndpointError) -> S3Endpoint {
        try S3Endpoint(
            bucket: bucket, server: origin.server, region: region, style: style, dualstack: origin.dualstack,
            fips: origin.fips, accelerate: origin.accelerate, secure: origin.secure)
    }

    /// Scheme and host, without a path.
    public var url: String { "\(scheme)://\(host)" }

    /// The path of an object, not encoded; any byte of the key stays what it is.
    public func path(of key: String) -> String { bucketPath == "/" ? "/\(key)" : "\(bucketPath)/\(key)" }

    private static func host(_ amazon: S3Server.Amazon, region: String) -> String {
        let dualstack = amazon.dualstack ? ".dualstack" : ""
        let suffix = AWSHosts.suffix(of: region)
        if amazon.accelerate { return "s3-accelerate\(dualstack).\(suffix)" }
        return "\(amazon.fips ? "s3-fips" : "s3")\(dualstack).\(region).\(suffix)"
    }

    private static func style(
        _ wanted: S3Addressing, bucket: String, isVirtualUsual: Bool, mustBeVirtual: Bool
    ) throws(S3EndpointError) -> S3Addressing {
        let isHostName = S3BucketName.isHostName(bucket)
        if mustBeVirtual {
            guard wanted != .path else { throw .notAccelerated("path-style addresses") }
            guard isHostName else { throw .notAHostName(bucket: bucket) }
            guard !bucket.contains(".") else { throw .notAccelerated("dots in the bucket's name") }
            return .virtual
        }
        switch wanted {
        case .path: return .path
        case .auto: return isVirtualUsual && isHostName ? .virtual : .path
        case .virtual:
            guard isHostName else { throw .notAHostName(bucket: bucket) }
            return .virtual
        }
    }
}
