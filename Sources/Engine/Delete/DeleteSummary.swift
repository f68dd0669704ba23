public import StoreFormat
public import Support

/// What deleting versions did.
public struct DeleteSummary: Sendable {
    /// The versions that are gone, the newest first.
    public var deleted: [Timestamp] = []
    /// Bytes of their filelists; their data goes with compaction.
    public var freedBytes: Int64 = 0
    /// Versions that stay because somebody holds them.
    public var held: [Timestamp] = []
    /// Versions that stay because the destination has locked them.
    public var locked: [Timestamp] = []
    /// How many versions there are now.
    public var remaining = 0
    /// What the destination holds now; nil when nothing was deleted.
    public var listing: StoreListing?

    /// Nothing yet.
    public init() {}
}
