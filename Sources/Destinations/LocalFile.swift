/// A complete file on this machine that is about to be stored at a destination.
public struct LocalFile: Sendable, Hashable {
    /// Where the file is.
    public let path: String

    /// How many bytes it must have; a file of another size is not stored.
    public let size: Int64

    /// The SHA-256 of its bytes in lower-case hex, for destinations that send a digest along.
    public let sha256: String?

    /// What the object is for: destinations with storage classes keep what is read often at hand.
    public let role: ObjectRole

    /// How long storing it may take with all repetitions, where what it relies on may not hold for longer; nil for as
    /// long as the destination likes.
    public let patience: Duration?

    /// Describes a file to be stored.
    public init(
        path: String, size: Int64, sha256: String? = nil, role: ObjectRole = .metadata, patience: Duration? = nil
    ) {
        self.patience = patience
        self.path = path
        self.size = size
        self.sha256 = sha256
        self.role = role
    }
}

/// What an object is for.
public enum ObjectRole: String, Sendable, Hashable, CaseIterable {
    /// Content: large, many, seldom read.
    case data
    /// Lists and indexes: small, and read by each rebuild.
    case metadata
}
