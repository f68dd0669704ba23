public import Support

/// Something that people should be told of, beside the ends of runs.
public struct LedgerEvent: Sendable, Hashable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Runs that were due did not begin.
        case missed
        /// A run was cut short by the end of its process.
        case interrupted
        /// The newest good version is older than it may be.
        case overdue
        /// There is a good version again that is young enough.
        case recovered
    }

    /// Its number: grows.
    public var id: Int64
    /// When it was noticed.
    public var at: Timestamp
    /// What happened.
    public var kind: Kind
    /// The job.
    public var job: String
    /// What it was to do, or did.
    public var duty: RunKind
    /// The destination, where it is about one.
    public var destination: String?
    /// The run, where it is about one.
    public var run: String?
    /// In words.
    public var detail: String
}
