public import Support

/// How a job stands at one of its destinations; older than any run that history still has.
public struct Freshness: Sendable, Hashable {
    /// The job.
    public var job: String
    /// The destination.
    public var destination: String
    /// Since when the job is known to go there.
    public var known: Timestamp
    /// When the last good run began: its version has at least what the sources had then.
    public var good: Timestamp?
    /// The identifier of that run.
    public var goodRun: String?
    /// The newest good version; one of an earlier run, when nothing has changed since.
    public var version: Timestamp?
    /// When the last run ended there.
    public var last: Timestamp?
    /// The identifier of that run.
    public var lastRun: String?
    /// How it ended there.
    public var lastState: RunState?
    /// Since when the newest good version is older than it may be; nil while it is not.
    public var overdue: Timestamp?
    /// Bytes sent there by all runs.
    public var uploadedBytes: Int64
    /// How often runs ended there in each state.
    public var counts: [RunState: Int]

    /// How old the newest good version is, in seconds; where there is none, how long one is waited for.
    public func age(at now: Timestamp) -> Int64 { max(0, now.seconds - (good ?? known).seconds) }
}

/// What is expected of a job at one of its destinations.
public struct Objective: Sendable, Hashable {
    /// The job.
    public var job: String
    /// The destination.
    public var destination: String
    /// How old the newest good version may become, in seconds; nil for any age.
    public var recoveryPoint: Int64?

    /// What is expected of a job at one of its destinations.
    public init(job: String, destination: String, recoveryPoint: Int64?) {
        self.job = job
        self.destination = destination
        self.recoveryPoint = recoveryPoint
    }
}
