public import Cryptography

/// What is known of an object before it is fetched.
public struct ObjectExpectation: Sendable, Hashable {
    /// Its size at the destination.
    public var size: Int64?
    /// The hash of the object as stored; the algorithm follows from its length.
    public var hash: Digest?

    /// What is known; nothing, unless told.
    public init(size: Int64? = nil, hash: Digest? = nil) {
        self.size = size
        self.hash = hash
    }
}

extension HashAlgorithm {
    /// The algorithm whose hashes have this length: each has its own.
    init?(digestLength: Int) {
        guard let algorithm = Self.allCases.first(where: { $0.digestLength == digestLength }) else { return nil }
        self = algorithm
    }
}
