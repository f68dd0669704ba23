/// A complete file on this machine that is about to be stored at a destination.
public struct LocalFile: Sendable, Hashable {
    /// Where the file is.
    public let path: String

    /// How many bytes it must have; a file of another size is not stored.
    public let size: Int64

    /// The SHA-256 of its bytes in lower-case hex, for destinations that send a digest along.
    public let sha256: String?

    /// Describes a file to be stored.
    public init(path: String, size: Int64, sha256: String? = nil) {
        self.path = path
        self.size = size
        self.sha256 = sha256
    }
}
