internal import Cryptography
internal import Support
internal import Transport

/// How the server encrypts what it stores, and with whose key.
struct S3Encryption: Sendable, Hashable {
    /// Whose key it is.
    enum Kind: Sendable, Hashable {
        /// As the bucket says.
        case bucket
        /// The server's own: SSE-S3.
        case server
        /// One of a key service: SSE-KMS, with two layers for `aws:kms:dsse`.
        case service(algorithm: String)
        /// One that goes along with every request: SSE-C.
        case customer(Secret)
    }

    var kind = Kind.bucket
    /// The key of the key service; nil for its own.
    var keyID: String?
    /// The key service's context, JSON in Base64.
    var context: String?
    /// Whether a key of the bucket stands in for many calls of the key service.
    var usesBucketKey: Bool?

    /// What goes along with a put, and with the beginning of an upload of parts.
    var creation: HTTPHeaders {
        var headers: HTTPHeaders = [:]
        switch kind {
        case .bucket: break
        case .server: headers["x-amz-server-side-encryption"] = "AES256"
        case .service(let algorithm):
            headers["x-amz-server-side-encryption"] = algorithm
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = keyID
            headers["x-amz-server-side-encryption-context"] = context
            headers["x-amz-server-side-encryption-bucket-key-enabled"] = usesBucketKey.map { "\($0)" }
        case .customer: return access
        }
        return headers
    }

    /// What goes along with parts, and with everything that reads.
    var access: HTTPHeaders {
        guard case .customer(let key) = kind else { return [:] }
        let base64 = key.reveal()
        let bytes = Base64.decode(base64) ?? []
        return [
            "x-amz-server-side-encryption-customer-algorithm": "AES256",
            "x-amz-server-side-encryption-customer-key": base64,
            "x-amz-server-side-encryption-customer-key-MD5": HashContext(.md5).hash(bytes).base64,
        ]
    }

    /// Whether an object's entity tag can be its MD5.
    var keepsETags: Bool {
        switch kind {
        case .bucket, .server: true
        case .service, .customer: false
        }
    }

    /// Whether a response tells of an encryption that makes the entity tag something else than an MD5.
    static func hidesMD5(_ headers: HTTPHeaders) -> Bool {
        headers["x-amz-server-side-encryption"]?.hasPrefix("aws:kms") == true
            || headers["x-amz-server-side-encryption-customer-algorithm"] != nil
    }
}
