public import Engine
public import Jobs
public import Ledger
public import Support

/// How a service stands.
public struct ServiceStatus: Sendable {
    /// A run that is at work.
    public struct Activity: Sendable {
        /// Its identifier.
        public let id: RunIdentifier
        /// The job.
        public let job: String
        /// What it does.
        public let kind: RunKind
        /// When it began.
        public let started: Timestamp
        /// What made it begin.
        public let trigger: RunTrigger
        /// How far it has come; nil between its parts.
        public let progress: RunProgress?
        /// Whether it was asked to stop.
        public let isStopping: Bool
    }

    /// A run that somebody asked for and that has not begun.
    public struct Waiting: Sendable {
        /// The identifier that it will have.
        public let id: RunIdentifier
        /// The job.
        public let job: String
    }

    /// When the service began.
    public let started: Timestamp
    /// When it last looked at its schedules; nil before the first time.
    public let looked: Timestamp?
    /// When the thread that looks at the schedules was last known to be at work, by a clock that nobody sets.
    public let pulse: ContinuousClock.Instant
    /// The fingerprint of the configuration that it follows.
    public let configuration: String
    /// When it took that over.
    public let configured: Timestamp
    /// Why the newest configuration was not taken over; nil when it was.
    public let reloadFailure: String?
    /// What is at work, by job.
    public let running: [Activity]
    /// What waits for room, oldest first.
    public let waiting: [Waiting]
    /// When each duty of a job is due next; not there for one that nothing starts.
    public let next: [Duty: Timestamp]
    /// Why the ledger could not be used the last time; nil when it could.
    public let ledgerFailure: String?
    /// Whether it was asked to end.
    public let isStopping: Bool
}
