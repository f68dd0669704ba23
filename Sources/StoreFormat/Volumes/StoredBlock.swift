public import Archive
public import Cryptography

/// A block as it lies in a volume.
public struct StoredBlock: Sendable, Hashable {
    /// Its hash, as the entry's name claims.
    public let digest: Digest

    /// Where it is in the archive.
    public let entry: ZipEntry

    /// Its size.
    public var size: Int { entry.size }
}
