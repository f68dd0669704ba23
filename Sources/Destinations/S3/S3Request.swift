internal import AWS
internal import Support
internal import Transport

/// Something that not every server can do, and that is left out once a server has said so.
enum S3Feature: String, Sendable, Hashable, CaseIterable {
    /// `x-amz-checksum-sha256`.
    case checksum
    /// `If-None-Match: *`.
    case condition
    /// `x-amz-storage-class`.
    case storageClass
    /// `encoding-type=url` in listings.
    case encodedListing
    /// `x-amz-optional-object-attributes` in listings.
    case listedRestores
    /// The header field of metadata that has the SHA-256 of the whole.
    case metadata
}

/// One request to a bucket, before it has an address and a signature.
struct S3Request {
    var method: HTTPRequest.Method
    /// The whole key; nil for the bucket.
    var key: String?
    var query: [(name: String, value: String)] = []
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    /// A body in a file, and its SHA-256.
    var file: (slice: FileSlice, sha256: String)?
    /// Whether the body may be left out of the signature where the options say so.
    var mayBeUnsigned = false
    /// What it uses that may prove unsupported.
    var uses: Set<S3Feature> = []
    /// The most that is accepted as an answer, in bytes.
    var maximumResponseBytes = 1 << 20

    init(_ method: HTTPRequest.Method, _ key: String? = nil, query: [(name: String, value: String)] = []) {
        self.method = method
        self.key = key
        self.query = query
    }

    /// Whether it changes anything.
    var changesSomething: Bool { method != .get && method != .head }

    /// Whether it is about one version of an object.
    var namesVersion: Bool { query.contains { $0.name == "versionId" } }
}
