/// One file, folder or symbolic link as the walk found it.
///
/// Its name stands in the ``FolderListing``.
public struct WalkEntry: Sendable, Hashable {
    /// What can be backed up.
    public enum Kind: UInt8, Sendable, Hashable {
        /// A regular file.
        case file
        /// A folder.
        case folder
        /// A symbolic link, stored as a link.
        case symlink
    }

    /// Size in bytes; of a link, the length of its target.
    public let size: Int64
    /// Time of the last change of the content, in nanoseconds since 1970.
    public let modified: Int64
    /// Time of the last change of content or metadata, in nanoseconds since 1970.
    public let changed: Int64
    /// Number of the file system; with `inode` the same for all hard links of a file.
    public let device: UInt64
    /// Number in its file system.
    public let inode: UInt64
    /// Type and permission bits, as `st_mode`.
    public let mode: UInt32
    /// Number of the owner.
    public let user: UInt32
    /// Number of the group.
    public let group: UInt32
    /// Number of hard links.
    public let links: UInt32
    let nameStart: UInt32
    let nameCount: UInt16
    /// What it is.
    public let kind: Kind
    /// Whether it is a symbolic link that leads to an existing folder; its path then ends with `/`.
    public let leadsToFolder: Bool

    /// Whether its path ends with `/`.
    public var hasFolderPath: Bool { kind == .folder || leadsToFolder }
}
