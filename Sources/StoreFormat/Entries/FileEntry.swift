public import Cryptography
internal import JSON
public import Support

/// An entry of a version: a file, folder or symbolic link.
public struct FileEntry: Sendable, Hashable {
    /// What an entry is.
    public enum Kind: UInt8, Sendable, Hashable {
        /// A regular file.
        case file

        /// A folder; its path ends with a separator.
        case folder

        /// A symbolic link; its path ends with a separator when it leads to a folder.
        case symlink
    }

    /// What the entry is.
    public var kind: Kind

    /// The absolute path of the source, UTF-8.
    public var path: [UInt8]

    /// The content's length; 0 for folders and links.
    public var size: Int64 = 0

    /// The content's hash; nil for folders and links.
    public var hash: Digest?

    /// When the content was last changed, whole seconds; nil for folders and links.
    public var time: Timestamp?

    /// The hash of the metadata blob; nil only in lists written before 2014.
    public var metaHash: Digest?

    /// The length of the metadata blob.
    public var metaSize: Int = 0

    /// The blocklists of metadata longer than one block.
    public var metaBlocklists: [Digest] = []

    /// The block hash of metadata of one block, where the list has it.
    public var metaBlockHash: Digest?

    /// The blocklists of content of several blocks.
    public var blocklists: [Digest] = []

    /// The block hash of content of one block, where it differs from the file hash.
    public var blockHash: Digest?

    /// The size of that block.
    public var blockSize: Int?

    /// Creates an entry without content and metadata.
    public init(kind: Kind, path: [UInt8]) {
        self.kind = kind
        self.path = path
    }

    /// Whether a path has a form in the store: UTF-8, and not empty.
    public static func isRepresentable(_ path: UnsafeRawBufferPointer) -> Bool {
        path.count > 0 && UTF8Validation.isValid(path)
    }

    /// The block of content that fits one block; nil for empty content, several blocks, or a broken entry.
    public func contentBlock(_ settings: StoreSettings) -> Digest? {
        guard kind == .file, size > 0, blocklists.isEmpty else { return nil }
        return blockHash ?? (settings.hashesAreShared ? hash : nil)
    }

    /// The block of metadata that fits one block; nil for several blocks, or a broken entry.
    public func metadataBlock(_ settings: StoreSettings) -> Digest? {
        guard metaSize > 0, metaBlocklists.isEmpty else { return nil }
        return metaBlockHash ?? (settings.hashesAreShared ? metaHash : nil)
    }

    /// Makes the entry blank, keeping the memory of its arrays.
    mutating func reset() {
        kind = .file
        path.removeAll(keepingCapacity: true)
        size = 0
        hash = nil
        time = nil
        metaHash = nil
        metaSize = 0
        metaBlocklists.removeAll(keepingCapacity: true)
        metaBlockHash = nil
        blocklists.removeAll(keepingCapacity: true)
        blockHash = nil
        blockSize = nil
    }
}
