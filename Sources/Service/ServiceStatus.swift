public import Engine
public import Ledger
public import Support

/// How a service stands.
public struct ServiceStatus: Sendable {
    /// A run that is at work.
    public struct Activity: Sendable {
        /// The job.
        public let job: String
        /// When it began.
        public let started: Timestamp
        /// What made it begin.
        public let trigger: RunTrigger
        /// How far it has come; nil between its parts.
        public let progress: RunProgress?
        /// Whether it was asked to stop.
        public let isStopping: Bool
    }

    /// When the service began.
    public let started: Timestamp
    /// When it last looked at its schedules; nil before the first time.
    public let looked: Timestamp?
    /// The fingerprint of the configuration that it follows.
    public let configuration: String
    /// When it took that over.
    public let configured: Timestamp
    /// Why the newest configuration was not taken over; nil when it was.
    public let reloadFailure: String?
    /// What is at work, by job.
    public let running: [Activity]
    /// When each job is due next; not there for one that nothing starts.
    public let next: [String: Timestamp]
    /// Why the ledger could not be used the last time; nil when it could.
    public let ledgerFailure: String?
    /// Whether it was asked to end.
    public let isStopping: Bool
}
