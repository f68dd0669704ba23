/// What a change takes into future versions, and out of them.
public enum FilesEffect: Sendable, Hashable {
    /// Files and links that come in or go out.
    public struct Tally: Sendable, Hashable {
        /// How many there are.
        public internal(set) var files = 0
        /// Bytes of the files.
        public internal(set) var bytes: Int64 = 0
        /// The first paths, in the order of their bytes.
        public internal(set) var sample: [String] = []
    }

    /// What the sources hold now.
    public struct Selection: Sendable, Hashable {
        /// What comes in.
        public internal(set) var added = Tally()
        /// What goes out of future versions; those that hold it keep it.
        public internal(set) var removed = Tally()
        /// What could not be looked at, cut after the first few, with the number of all.
        public internal(set) var problems: [String] = []
        /// How many problems there were.
        public internal(set) var problemCount = 0
    }

    /// The sources were walked.
    case walked(Selection)
    /// Nobody looked: why.
    case skipped(String)

    /// How many paths are named of each kind.
    public static let sampleCount = 10
}
