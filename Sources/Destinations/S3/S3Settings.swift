internal import AWS
internal import Support

/// What a destination of S3 is told: its options, in the types that they stand for.
struct S3Settings: Sendable {
    /// Where keys come from.
    enum Keys: Sendable {
        /// From the URL and the options.
        case given(AWSCredentials)
        /// From where AWS's own programs find them.
        case chain(profile: String?, asksMachine: Bool?)
    }

    /// Where the server is.
    enum Place: Sendable, Hashable {
        /// A host, perhaps with a port, or a URL; nil for AWS.
        case server(String?)
        /// At IDrive e2, which tells where by the key.
        case e2
    }

    var bucket: String
    /// What every key begins with: empty, or with a slash at its end.
    var prefix: String
    var place = Place.server(nil)
    var region: String?
    /// The region of signatures, where it is not that of the server.
    var signingRegion: String?
    /// The region where nothing else says one.
    var fallbackRegion: String?
    var addressing = S3Addressing.auto
    var dualstack = false
    var fips = false
    var accelerate = false
    var isSecure = true
    var keys = Keys.chain(profile: nil, asksMachine: nil)
    /// What is assumed with the keys; nil for nothing.
    var role: AWSRole?

    /// The class of storage of data; nil for the bucket's own.
    var dataClass: String?
    /// The class of storage of lists and indexes.
    var metadataClass = "STANDARD"
    /// The classes from which objects have to be ordered; nil for those that are known.
    var archiveClasses: Set<String>?
    /// Whether `x-amz-checksum-sha256` is sent; nil for where it is known to work.
    var sendsChecksum: Bool?
    /// Whether bodies are left out of signatures, which takes TLS.
    var leavesPayloadUnsigned = false
    /// 1 or 2; nil for 2, and 1 where that does not work.
    var listVersion: Int?
    /// From which size on objects are sent in parts.
    var uploadCutoff: Int64 = 200 << 20
    /// The size of parts; nil for what suits the object.
    var partSize: Int64?
    /// How firm locks are.
    var lockMode = LockMode.governance
    /// How long what is stored is locked; nil for not at all.
    var lockPeriod: Duration?
    /// Whether deleting removes all versions of an object, and not just hides it.
    var deletesVersions = false
    var encryption = S3Encryption()
    var paysForRequests = false
    var expectedOwner: String?
    /// What goes along with every put, beside what the other options say.
    var cannedACL: String?

    /// The classes from which objects have to be ordered at AWS, and where its names are used.
    static let usualArchiveClasses: Set<String> = ["GLACIER", "DEEP_ARCHIVE", "SNOW"]

    /// The key of an object.
    func key(of name: String) -> String { prefix + name }

    /// The class of storage for an object; nil for the bucket's own.
    func storageClass(of role: ObjectRole) -> String? {
        switch role {
        case .data: dataClass
        case .metadata where metadataClass.uppercased() == "STANDARD": nil
        case .metadata: metadataClass
        }
    }
}
