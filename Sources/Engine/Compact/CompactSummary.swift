/// What a compaction did.
public struct CompactSummary: Sendable, Hashable {
    /// Why it did what it did.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Volumes were deleted or rewritten.
        case compacted
        /// There is too little waste, and too few small volumes.
        case notNeeded = "not_needed"
        /// Compacting after a backup is switched off.
        case off
        /// The run before it stored and deleted nothing, or nothing that could make a difference.
        case nothingChanged = "nothing_changed"
        /// The last compaction is younger than the smallest interval.
        case tooSoon = "too_soon"
        /// There is no version that says which data is needed.
        case noVersions = "no_versions"
        /// It is not known completely which data versions need, so all of it stays.
        case incompleteStore = "incomplete_store"
    }

    /// Why it did what it did.
    public var reason: Reason
    /// Data volumes that were deleted because nothing in them is needed.
    public var volumesDeleted = 0
    /// Data volumes that were deleted after what is needed of them was stored in new ones.
    public var volumesRewritten = 0
    /// Data volumes that were made.
    public var volumesUploaded = 0
    /// Bytes of data and index volumes fetched.
    public var bytesFetched: Int64 = 0
    /// Bytes of data and index volumes sent.
    public var bytesUploaded: Int64 = 0
    /// Bytes of data and index volumes deleted.
    public var bytesDeleted: Int64 = 0
    /// Bytes at the destination before.
    public var bytesBefore: Int64 = 0
    /// Bytes at the destination afterwards.
    public var bytesAfter: Int64 = 0
    /// Volumes that would have been deleted or rewritten, but cannot be deleted yet.
    public var volumesLocked = 0
    /// Volumes that would have been deleted or rewritten, but lie in an archive.
    public var volumesArchived = 0
    /// Volumes that were left alone because something needed is damaged in them; each is a problem as well.
    public var volumesDamaged = 0
    /// Bytes of blocks that no version needs and that are still there, before compression; nil when nobody looked.
    public var bytesWasted: Int64?
    /// Objects deleted that an earlier compaction had replaced and not come to delete.
    public var leftoversDeleted = 0

    /// Bytes that the destination has more room than before.
    public var bytesFreed: Int64 { bytesDeleted - bytesUploaded }

    /// A compaction that did nothing.
    public init(_ reason: Reason) {
        self.reason = reason
    }
}
