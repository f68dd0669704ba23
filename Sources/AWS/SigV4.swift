internal import Cryptography
public import Support
public import Transport

/// Signs requests as AWS, and most of those who speak S3, want it: Signature Version 4 with HMAC-SHA256.
///
/// The URL is made of what is signed, so that the bytes on the wire are the bytes of the signature. Keep a signer for
/// as long as requests are sent: it keeps the day's key, which takes four of the five HMACs of a signature. Safe to use
/// from any thread.
/// - SeeAlso: AWS General Reference, "Create a signed AWS API request".
public struct SigV4: Sendable {
    /// How a path enters the signature.
    public enum PathRule: Sendable, Hashable {
        /// Encoded once and never normalised: S3.
        case once
        /// Without dot segments and repeated slashes, and encoded twice: all other services.
        case normalisedTwice
    }

    /// What the signature says about the body.
    public enum Payload: Sendable, Hashable {
        /// Its SHA-256 is computed.
        case body
        /// Its SHA-256 is known, in small hexadecimal digits: of a file, which is sent as it is read.
        case hash(String)
        /// It is not covered; for TLS only, which protects it instead.
        case unsigned
    }

    /// One request, before it is signed.
    public struct Input: Sendable {
        /// The method.
        public var method: HTTPRequest.Method
        /// Scheme, host in small letters, and port, without a path: `https://s3.eu-west-1.amazonaws.com`.
        public var endpoint: String
        /// The path, not encoded; begins with a slash, and its UTF-8 bytes are what counts.
        public var path: String
        /// Names and values of the query, not encoded.
        public var query: [(name: String, value: String)]
        /// Further header fields; all are signed but those that proxies rewrite.
        public var headers: HTTPHeaders
        /// The body.
        public var body: [UInt8]
        /// What the signature says about the body.
        public var payload: Payload

        /// A request without query and body, unless told.
        public init(
            _ method: HTTPRequest.Method, endpoint: String, path: String = "/",
            query: [(name: String, value: String)] = [], headers: HTTPHeaders = [:], body: [UInt8] = [],
            payload: Payload = .body
        ) {
            self.method = method
            self.endpoint = endpoint
            self.path = path
            self.query = query
            self.headers = headers
            self.body = body
            self.payload = payload
        }
    }

    /// The region, such as `eu-central-1`.
    public let region: String
    /// The service's signing name, such as `s3`.
    public let service: String
    /// How a path enters the signature.
    public let pathRule: PathRule
    /// Whether `x-amz-content-sha256` is sent, as S3 wants it.
    public let sendsPayloadHash: Bool
    private let keys: SigningKeys

    /// A signer for a service; S3's rules hold for `s3` only.
    public init(region: String, service: String) {
        self.region = region
        self.service = service
        pathRule = service == "s3" ? .once : .normalisedTwice
        sendsPayloadHash = service == "s3"
        keys = SigningKeys(region: region, service: service)
    }

    /// The request with its signature.
    /// - Parameters:
    ///   - input: the request.
    ///   - credentials: what signs.
    ///   - time: the moment of sending, by the server's clock; the server tolerates 15 minutes.
    /// - Returns: the request, to be sent as it is; with `Payload.hash` and the like its body is up to the caller.
    /// - Throws: `AWSError.unsignedWithoutTLS`.
    public func sign(
        _ input: Input, with credentials: AWSCredentials, at time: Timestamp
    ) throws(AWSError) -> HTTPRequest {
        let date = time.compact
        let payload = try Self.payloadHash(input)
        var headers = input.headers
        headers["X-Amz-Date"] = date
        if sendsPayloadHash { headers["X-Amz-Content-Sha256"] = payload }
        headers["X-Amz-Security-Token"] = credentials.sessionToken?.reveal()
        let path = SigV4Canonical.wirePath(input.path, pathRule)
        let query = SigV4Canonical.query(input.query)
        let signed = SigV4Canonical.headers(headers, host: Self.host(of: input.endpoint))
        let names = signed.map(\.name).joined(separator: ";")
        let request = [
            input.method.rawValue, SigV4Canonical.signedPath(path, pathRule), query,
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names, payload,
        ].joined(separator: "\n")
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(Self.sha256(Array(request.utf8)))"
        let key = keys.key(of: credentials.secretKey, day: String(date.prefix(8)))
        let signature = Hex.encode(HMACSHA256.authenticate(Array(text.utf8), key: key.bytes))
        headers["Authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
        let url = Self.withoutSlash(input.endpoint) + path + (query.isEmpty ? "" : "?\(query)")
        return HTTPRequest(input.method, url, headers: headers, body: input.body)
    }

    private static func payloadHash(_ input: Input) throws(AWSError) -> String {
        switch input.payload {
        case .body: return input.body.isEmpty ? emptyHash : sha256(input.body)
        case .hash(let hash): return hash
        case .unsigned:
            guard input.endpoint.utf8.starts(with: "https://".utf8) else { throw .unsignedWithoutTLS }
            return "UNSIGNED-PAYLOAD"
        }
    }

    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static func sha256(_ bytes: [UInt8]) -> String { HashContext(.sha256).hash(bytes).hex }

    /// The host as libcurl sends it: without the port that the scheme has anyway.
    private static func host(of endpoint: String) -> String {
        let parts = endpoint.split(separator: "/", omittingEmptySubsequences: true)
        guard parts.count > 1 else { return endpoint }
        let usual = parts[0].lowercased() == "https:" ? ":443" : ":80"
        let host = String(parts[1])
        return host.hasSuffix(usual) ? String(host.dropLast(usual.count)) : host
    }

    private static func withoutSlash(_ endpoint: String) -> String {
        endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    }
}
