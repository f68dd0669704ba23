public import Support

/// What a restore would do, without anything having been done.
public struct RestorePreview: Sendable, Hashable {
    /// What would become of a file.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// It would be made, under its own or another name.
        case create
        /// It would take the place of another.
        case replace
        /// What differs would be written into the file that is there.
        case patch
        /// It is there already with the same content.
        case keep
        /// It would not be restored, because of what is in its place.
        case skip
    }

    /// A file.
    public struct Item: Sendable, Hashable {
        /// What would become of it.
        public let action: Action
        /// Where it would be.
        public let path: [UInt8]
        /// Its size.
        public let size: Int64
    }

    /// The time of the version.
    public var version: Timestamp
    /// How many files there are of each kind.
    public var files: [Action: Int] = [:]
    /// Folders that would be made.
    public var newFolders = 0
    /// Links that the selection has.
    public var symlinks = 0
    /// Files that would get another name, because the own one is taken.
    public var renamedFiles = 0
    /// Files and folders that could not be restored.
    public var failed = 0
    /// Bytes of the files that would be written.
    public var bytes: Int64 = 0
    /// Data volumes that would be read.
    public var volumes = 0
    /// Their size at the destination.
    public var bytesToFetch: Int64 = 0
    /// Blocks that no volume is known to have.
    public var lostBlocks = 0
}
