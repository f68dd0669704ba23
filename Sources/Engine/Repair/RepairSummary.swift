public import Support

/// What a repair did, or would do.
public struct RepairSummary: Sendable, Hashable {
    /// One thing that was done to one object.
    public struct Step: Sendable, Hashable {
        /// What was done.
        public enum Action: String, Sendable, Hashable, CaseIterable {
            /// A filelist was written.
            case filelistWritten = "filelist_written"
            /// An index volume was written.
            case indexWritten = "index_written"
            /// A data volume was written.
            case dataWritten = "data_written"
            /// An object was removed.
            case removed
            /// An object stays as it is, although something is wrong with it.
            case left
        }

        /// What was done.
        public let action: Action
        /// The object.
        public let object: String
        /// Why, in a few words.
        public let detail: String
    }

    /// What was done, in order.
    public var steps: [Step] = []
    /// The versions that can be restored again, newest first.
    public var versions: [Timestamp] = []
    /// Needed blocks that no volume had, or only a damaged one.
    public var blocksMissing = 0
    /// How many of these were copied out of damaged volumes.
    public var blocksSalvaged = 0
    /// How many were found in other volumes.
    public var blocksElsewhere = 0
    /// How many were made again from files of this machine, or from what the catalog knows.
    public var blocksRebuilt = 0
    /// Bytes that were sent.
    public var bytesUploaded: Int64 = 0

    /// How many needed blocks nobody has any more.
    public var blocksLost: Int { blocksMissing - blocksSalvaged - blocksElsewhere - blocksRebuilt }

    /// Whether there was nothing to do.
    public var isEmpty: Bool { steps.isEmpty && blocksMissing == 0 }

    mutating func add(_ action: Step.Action, _ object: String, _ detail: String) {
        steps.append(Step(action: action, object: object, detail: detail))
    }
}
