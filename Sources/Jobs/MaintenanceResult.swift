public import Engine
public import Support

/// What was done for a store after its backup.
///
/// A step that did not run, because there was nothing to do or an earlier one failed, has no result.
public struct MaintenanceResult: Sendable {
    /// What became of old versions.
    public var retention: RetentionResult?
    /// What compaction did; `nil` when nothing called for it.
    public var compaction: CompactSummary?
    /// What the check of stored volumes found.
    public var verification: VerifySummary?
    /// Why a step failed or was refused; after a failure the steps behind it were left out.
    public var failure: Failure?

    /// Nothing was done.
    public init() {}
}

/// What retention did.
public struct RetentionResult: Sendable, Hashable {
    /// The versions that it deleted, the newest first.
    public var deleted: [Timestamp] = []
    /// Bytes of their filelists; their data goes with compaction.
    public var freedBytes: Int64 = 0
    /// How many versions there are after it.
    public var remaining = 0
    /// Versions that would have gone, but somebody holds them.
    public var held: [Timestamp] = []
    /// Versions that would have gone, but the destination has locked them.
    public var locked: [Timestamp] = []
    /// How many versions it was not allowed to delete, because they were too many for one run.
    public var refused: Int?

    /// Nothing was deleted.
    public init() {}
}
