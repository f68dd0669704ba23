internal import JSON
public import Support

/// What a store remembers of an entry besides its content.
public struct Metadata: Sendable, Hashable {
    /// An extended attribute.
    public struct ExtendedAttribute: Sendable, Hashable {
        /// Its name with the namespace, such as `user.comment`.
        public var name: [UInt8]

        /// Its value.
        public var value: [UInt8]

        /// Creates an attribute.
        public init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// A key that this program has no use for: Windows', macOS' or another source's.
    public struct OtherKey: Sendable, Hashable {
        /// The key.
        public var name: String

        /// Its value.
        public var value: String
    }

    /// Owner and permissions; they are stored together.
    public struct Ownership: Sendable, Hashable {
        /// The owner's number.
        public var uid: UInt32

        /// The group's number.
        public var gid: UInt32

        /// The permission bits, `0o777` at most: set-user-ID and its kin are not recorded.
        public var permissions: UInt32

        /// Creates an ownership; bits beyond `0o777` are dropped.
        public init(uid: UInt32, gid: UInt32, mode: UInt32) {
            self.uid = uid
            self.gid = gid
            permissions = mode & 0o777
        }
    }

    /// The extended attributes, in the order of `listxattr`.
    public var extendedAttributes: [ExtendedAttribute] = []

    /// Owner and permissions.
    public var ownership: Ownership?

    /// The owner's name, UTF-8; empty when unknown.
    public var ownerName: [UInt8] = []

    /// The group's name, UTF-8; empty when unknown.
    public var groupName: [UInt8] = []

    /// The .NET attributes.
    public var attributes: FileAttributes?

    /// When the content was last changed, in .NET ticks.
    public var modificationTicks: Int64?

    /// When the entry was created, in .NET ticks; on Linux the earlier of mtime and ctime.
    public var creationTicks: Int64?

    /// What a link points to, as `readlink` gives it; nil for anything else.
    public var symlinkTarget: [UInt8]?

    /// Keys that this program has no use for, in their order.
    public var otherKeys: [OtherKey] = []

    /// Creates metadata without anything, which is stored as an empty blob.
    public init() {}

    /// When the content was last changed, to 100 nanoseconds.
    public var modified: Timestamp? {
        get { modificationTicks.map { Timestamp(ticks: $0) } }
        set { modificationTicks = newValue?.ticks }
    }

    /// Sets both times as .NET sees them on Linux, where a file counts as created when it was last touched at all.
    ///
    /// `changed` is the inode's ctime; the earlier of the two is taken for the creation.
    public mutating func setTimes(modified: Timestamp, changed: Timestamp) {
        modificationTicks = modified.ticks
        creationTicks = min(modified, changed).ticks
    }

    /// Whether the blob says everything: names and the link's target are UTF-8.
    ///
    /// Where it is false the blob holds U+FFFD in place of what JSON cannot hold.
    public var isRepresentable: Bool {
        UTF8Validation.isValid(symlinkTarget ?? []) && extendedAttributes.allSatisfy { UTF8Validation.isValid($0.name) }
    }
}
