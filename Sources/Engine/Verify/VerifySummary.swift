/// What a verification found.
public struct VerifySummary: Sendable, Hashable {
    /// An object that is not as it should be.
    public struct Fault: Sendable, Hashable, Comparable {
        /// In which way it is not.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// It, or something in it, is not there.
            case missing
            /// It, or something in it, should not be there.
            case extra
            /// It has another content than recorded.
            case modified
            /// It cannot be read.
            case error
        }

        /// The object's name.
        public let object: String
        /// In which way it is not.
        public let kind: Kind
        /// What is wrong with it.
        public let detail: String
        /// Whether data is lost by it, rather than only speed or redundancy.
        public let losesData: Bool

        /// Orders by name.
        public static func < (a: Fault, b: Fault) -> Bool { (a.object, a.detail) < (b.object, b.detail) }
    }

    /// A file, folder or link that cannot be restored as it was.
    public struct Casualty: Sendable, Hashable {
        /// Its path.
        public let path: String
        /// The object that it needs; empty when it is unknown which had its data.
        public let object: String
        /// The versions concerned, oldest to newest, as times.
        public let versions: String
        /// Whether only owner, mode and times are lost.
        public let isMetadataOnly: Bool
    }

    /// How thoroughly the store was examined.
    public let level: VerifyLevel
    /// Objects that were looked at.
    public var objects = 0
    /// Objects that were not, since they lie in an archive and would have to be ordered first.
    public var archived = 0
    /// Blocks that were unpacked and hashed.
    public var blocks = 0
    /// Bytes that were fetched.
    public var bytesFetched: Int64 = 0
    /// Objects that are damaged or missing, by name.
    public var faults: [Fault] = []
    /// Entries that need something in them: the first thousand.
    public var casualties: [Casualty] = []
    /// How many such entries there are.
    public var casualtyCount = 0

    /// Nothing found yet.
    init(level: VerifyLevel) {
        self.level = level
    }

    /// How many objects are damaged or missing.
    public var faultyObjects: Int { Set(faults.lazy.map(\.object)).count }

    /// Whether nothing is wrong.
    public var isIntact: Bool { faults.isEmpty && casualtyCount == 0 }
}
