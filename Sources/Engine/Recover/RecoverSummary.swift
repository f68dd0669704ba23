/// What could be saved from a damaged store, and what is lost.
public struct RecoverSummary: Sendable {
    /// Something that is not as it was.
    public struct Loss: Sendable, Hashable {
        /// The path of the file, folder or link.
        public let path: String
        /// The bytes that the file had.
        public let size: Int64
        /// The bytes that are lost, in order; none when only owner, mode and times are.
        public let ranges: [Range<Int64>]
        /// Why.
        public let reason: String

        /// Whether only owner, mode and times are lost.
        public var isMetadataOnly: Bool { ranges.isEmpty }
        /// How many bytes are lost.
        public var bytes: Int64 { ranges.reduce(0) { $0 + Int64($1.count) } }
    }

    /// An object that is not as it should be.
    public struct Object: Sendable, Hashable {
        /// What became of it.
        public enum State: String, Sendable, Hashable, CaseIterable {
            /// A part of it could be used.
            case damaged
            /// Nothing of it could be used.
            case unreadable
            /// Index volumes speak of it, and it is not there.
            case missing
            /// It has a name that the store does not know it by, or is not encrypted as the others are; it was used.
            case adopted
            /// It was left aside: it is not encrypted, and anybody could have put it there.
            case ignored
        }

        /// Its name.
        public let name: String
        /// What became of it.
        public let state: State
        /// What is wrong with it.
        public let detail: String
    }

    /// What was written; nil when there was nothing to write.
    public internal(set) var restored: RestoreSummary
    /// What is lost of the version, by path.
    public internal(set) var losses: [Loss] = []
    /// Why the list of the version's files itself is not whole; what it lacks, nobody can name.
    public internal(set) var listFault: String?
    /// Objects that are not as they should be, by name.
    public internal(set) var objects: [Object] = []
    /// How many objects were examined.
    public internal(set) var examined = 0
    /// Files that were written with holes.
    public internal(set) var incompleteFiles = 0

    /// Whether everything that was asked for is there.
    public var isComplete: Bool { losses.isEmpty && listFault == nil && restored.isComplete }
}
