/// What an entry of a version is.
public enum EntryKind: Int64, Sendable, Hashable {
    /// A folder; its content is the entries that name it as their folder.
    case folder = 0
    /// A regular file.
    case file = 1
    /// A symbolic link; the target is part of its metadata.
    case symlink = 2
    /// A symbolic link that led to a folder; the format writes its path like a folder's, with a separator at its end.
    case folderLink = 3

    /// Whether the path of such an entry ends with a separator.
    public var hasFolderPath: Bool { self == .folder || self == .folderLink }
}

/// Where the bytes of a file, or of its metadata, are.
///
/// Most contents are a single block, which needs no row of its own.
public enum ContentReference: Sendable, Hashable {
    /// No bytes: an empty file, or an entry that has no content.
    case nothing
    /// One block, whose hash is the content's hash.
    case block(Int64)
    /// A content with a row of its own: several blocks, or a content hash of another algorithm than the block's.
    case content(Int64)

    /// The number kept in the database: 0, minus the block's id, or the content's id.
    public var rawValue: Int64 {
        switch self {
        case .nothing: 0
        case .block(let id): -id
        case .content(let id): id
        }
    }

    /// The reference that ``rawValue`` stands for.
    public init(rawValue: Int64) {
        self = rawValue == 0 ? .nothing : rawValue < 0 ? .block(-rawValue) : .content(rawValue)
    }
}

/// One name in one folder, as it is in one or several successive versions.
public struct CatalogEntry: Sendable, Hashable {
    /// The last component, in the bytes of the file system.
    public var name: [UInt8]
    /// What it is.
    public var kind: EntryKind
    /// Bytes of content; 0 for folders and links.
    public var size: Int64
    /// Modification time in nanoseconds since 1970; whole seconds only when learned from a filelist.
    public var modified: Int64
    /// Inode change time in nanoseconds since 1970, 0 when unknown, or ``unsettled``.
    public var changed: Int64
    /// The content.
    public var data: ContentReference
    /// The metadata.
    public var metadata: ContentReference

    /// A change time that tells: the file may have changed after it was read, so the next run reads it again.
    public static let unsettled: Int64 = -1

    /// An entry from its parts.
    public init(
        name: [UInt8], kind: EntryKind, size: Int64, modified: Int64, changed: Int64, data: ContentReference,
        metadata: ContentReference
    ) {
        self.name = name
        self.kind = kind
        self.size = size
        self.modified = modified
        self.changed = changed
        self.data = data
        self.metadata = metadata
    }
}
