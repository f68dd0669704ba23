internal import COpenSSL

/// A hash algorithm that a store may use; raw values are the names in manifests.
public enum HashAlgorithm: String, Sendable, CaseIterable {
    /// MD5, 16 bytes.
    case md5 = "MD5"
    /// SHA-1, 20 bytes.
    case sha1 = "SHA1"
    /// SHA-256, 32 bytes: the default of every store.
    case sha256 = "SHA256"
    /// SHA-384, 48 bytes.
    case sha384 = "SHA384"
    /// SHA-512, 64 bytes.
    case sha512 = "SHA512"

    /// The length of its values in bytes.
    public var digestLength: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// Whether OpenSSL's configuration allows it: a FIPS provider, for one, has no MD5.
    public var isAvailable: Bool { implementation != nil }

    var implementation: HashImplementation? {
        switch self {
        case .md5: .md5
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
    }
}

/// OpenSSL's implementation of one algorithm, fetched once per process: a fetch costs more than a small hash.
///
/// `@unchecked Sendable`: an EVP_MD is immutable after the fetch and never freed here.
struct HashImplementation: @unchecked Sendable {
    let pointer: OpaquePointer

    private init?(fetching algorithm: HashAlgorithm) {
        guard let pointer = EVP_MD_fetch(nil, algorithm.rawValue, nil) else { return nil }
        self.pointer = pointer
    }

    static let md5 = HashImplementation(fetching: .md5)
    static let sha1 = HashImplementation(fetching: .sha1)
    static let sha256 = HashImplementation(fetching: .sha256)
    static let sha384 = HashImplementation(fetching: .sha384)
    static let sha512 = HashImplementation(fetching: .sha512)
}
