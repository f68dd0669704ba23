public import Support

/// What a restore did.
public struct RestoreSummary: Sendable, Hashable {
    /// The time of the version.
    public var version: Timestamp
    /// Files that were written, under their own or another name.
    public var restoredFiles = 0
    /// Files that were there already with the same content.
    public var unchangedFiles = 0
    /// Files that were written under another name, because the own one was taken.
    public var renamedFiles = 0
    /// Files among those written that were there and got only what differed.
    public var patchedFiles = 0
    /// Files and links that were not restored because something else is in their place.
    public var leftAlone = 0
    /// Files, links and folders that could not be restored; each is among the problems.
    public var failed = 0
    /// Folders that the version has in the selection.
    public var folders = 0
    /// Links that were made, or were there already.
    public var symlinks = 0
    /// Bytes of the files that were written.
    public var bytes: Int64 = 0

    /// Nothing done yet.
    public init(version: Timestamp) {
        self.version = version
    }

    /// Whether all that was asked for is there now.
    public var isComplete: Bool { failed == 0 && leftAlone == 0 }
}
