public import Cryptography
public import Support

/// A remote object that the catalog knows.
public struct CatalogVolume: Sendable, Hashable {
    /// What the object holds.
    public enum Kind: Int64, Sendable {
        /// Data blocks.
        case dblock = 0
        /// The description of a data volume.
        case dindex = 1
        /// The files of one version.
        case dlist = 2
    }

    /// Number within this catalog.
    public var id: Int64
    /// The object's name at the destination.
    public var name: String
    /// What it holds.
    public var kind: Kind
    /// Bytes at the destination, or -1 when nobody told.
    public var size: Int64
    /// Hash of the object as stored, when known.
    public var hash: Digest?

    /// A volume from its parts.
    public init(id: Int64, name: String, kind: Kind, size: Int64, hash: Digest?) {
        self.id = id
        self.name = name
        self.kind = kind
        self.size = size
        self.hash = hash
    }
}

/// How well a volume is known to be in order.
public struct CatalogVerification: Sendable, Hashable {
    /// How often it was fetched and found in order; -1 when a fault was found the last time.
    public var count: Int64
    /// When that was last.
    public var time: Timestamp

    /// A verification from its parts.
    public init(count: Int64, time: Timestamp) {
        self.count = count
        self.time = time
    }
}

/// A block and the volume that holds it.
public struct CatalogBlock: Sendable, Hashable {
    /// Number within this catalog.
    public var id: Int64
    /// The block's hash.
    public var digest: Digest
    /// Bytes, unpacked.
    public var size: Int
    /// The data volume, or 0 when no known volume has it.
    public var volume: Int64

    /// A block from its parts.
    public init(id: Int64, digest: Digest, size: Int, volume: Int64) {
        self.id = id
        self.digest = digest
        self.size = size
        self.volume = volume
    }
}

/// A content of several blocks.
public struct CatalogContent: Sendable, Hashable {
    /// Some of the content's blocks in order, and the block that lists their hashes.
    public struct List: Sendable, Hashable {
        /// The block that holds the hashes, or 0 when the content has one block and needs no list.
        public var listBlock: Int64
        /// The content's blocks, in order.
        public var blocks: [Int64]

        /// A list from its parts.
        public init(listBlock: Int64, blocks: [Int64]) {
            self.listBlock = listBlock
            self.blocks = blocks
        }
    }

    /// Number within this catalog.
    public var id: Int64
    /// Bytes in all.
    public var size: Int64
    /// The hash of the whole content.
    public var hash: Digest
    /// The blocks, list after list.
    public var lists: [List]

    /// A content from its parts.
    public init(id: Int64, size: Int64, hash: Digest, lists: [List]) {
        self.id = id
        self.size = size
        self.hash = hash
        self.lists = lists
    }
}

/// A version: the state of the sources at one moment.
public struct CatalogVersion: Sendable, Hashable {
    /// Number within this catalog; greater is newer.
    public var id: Int64
    /// When the run began that made it, to the second.
    public var time: Timestamp
    /// The dlist object.
    public var volume: Int64
    /// False when the run was stopped before it had seen everything.
    public var isFull: Bool
    /// Regular files.
    public var files: Int64
    /// Folders.
    public var folders: Int64
    /// Symbolic links.
    public var symlinks: Int64
    /// Bytes of all files.
    public var bytes: Int64

    /// A version from its parts.
    public init(
        id: Int64, time: Timestamp, volume: Int64, isFull: Bool, files: Int64 = 0, folders: Int64 = 0,
        symlinks: Int64 = 0, bytes: Int64 = 0
    ) {
        self.id = id
        self.time = time
        self.volume = volume
        self.isFull = isFull
        self.files = files
        self.folders = folders
        self.symlinks = symlinks
        self.bytes = bytes
    }
}
