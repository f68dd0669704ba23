/// What a compaction would do.
public struct CompactPlan: Sendable, Hashable {
    /// Why a volume is in the plan.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Nothing in it is needed.
        case deletable
        /// Much of it is not needed.
        case wasteful
        /// It is small.
        case small
    }

    /// Why a volume stays although it is in the plan.
    public enum Hindrance: String, Sendable, Hashable, CaseIterable {
        /// It cannot be deleted yet.
        case locked
        /// It lies in an archive.
        case archived
    }

    /// A data volume that is to go.
    public struct Volume: Sendable, Hashable {
        /// Its number in the catalog.
        public let id: Int64
        /// Its name.
        public let name: String
        /// Why it is to go.
        public let kind: Kind
        /// Bytes of its needed blocks, unpacked.
        public let usedBytes: Int64
        /// Bytes of its other blocks, unpacked.
        public let wastedBytes: Int64
        /// Its size at the destination.
        public let size: Int64
        /// Why it stays.
        public let hindrance: Hindrance?
    }

    /// Whether there is anything to do, or why not.
    public let reason: CompactSummary.Reason
    /// The volumes, in the order they go: those with nothing needed, then those to be rewritten, oldest use first.
    ///
    /// Volumes to be rewritten are in it only when the thresholds demand it.
    public let volumes: [Volume]
    /// Data volumes in all.
    public let volumeCount: Int
    /// Bytes of all needed blocks, unpacked.
    public let usedBytes: Int64
    /// Bytes of all other blocks, unpacked.
    public let wastedBytes: Int64
}
