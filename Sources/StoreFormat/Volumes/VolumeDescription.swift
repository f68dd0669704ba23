public import Cryptography

/// A block by its hash and size.
public struct BlockReference: Sendable, Hashable {
    /// The block's hash.
    public var digest: Digest

    /// Its size in bytes.
    public var size: Int

    /// Creates a reference.
    public init(_ digest: Digest, size: Int) {
        self.digest = digest
        self.size = size
    }
}

/// What an index volume says about a data volume: the `vol/` entry.
public struct VolumeDescription: Sendable, Hashable {
    /// The name of the data volume.
    public var dblockName: String

    /// All its blocks, used or not.
    public var blocks: [BlockReference]

    /// The hash of the stored, encrypted object: SHA-256 or the store's file hash.
    ///
    /// Nil when the entry ends early.
    public var volumeHash: Digest?

    /// The size of the stored object; nil when the entry ends early.
    public var volumeSize: Int64?

    /// The start of the names of such entries.
    public static let entryPrefix = "vol/"

    /// The algorithm of `volumeHash`: the store's file hash, or SHA-256 as Duplicati 2.0 took it for every store.
    ///
    /// Nil when there is no hash, or one of neither length.
    public func volumeHashAlgorithm(_ settings: StoreSettings) -> HashAlgorithm? {
        [settings.fileHash, .sha256].first { $0.digestLength == volumeHash?.count }
    }

    /// Creates a description.
    public init(dblockName: String, blocks: [BlockReference], volumeHash: Digest?, volumeSize: Int64?) {
        self.dblockName = dblockName
        self.blocks = blocks
        self.volumeHash = volumeHash
        self.volumeSize = volumeSize
    }
}
