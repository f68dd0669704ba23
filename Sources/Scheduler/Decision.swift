public import Ledger
public import Support

/// A run that is at work while a decision is made.
public struct RunningJob: Sendable, Hashable {
    /// The job.
    public var job: String
    /// What the run does.
    public var kind: RunKind
    /// When it began, by the clock that decisions are made by.
    public var started: Timestamp
    /// Whether a schedule asked for it: windows are for those only.
    public var isScheduled: Bool
    /// Whether it is of this process, and counts against its limits.
    public var isOwn: Bool

    /// What it is a run of.
    public var duty: Duty { Duty(job, kind) }

    /// A run that is at work.
    public init(
        job: String, kind: RunKind = .backup, started: Timestamp, isScheduled: Bool = true, isOwn: Bool = true
    ) {
        self.job = job
        self.kind = kind
        self.started = started
        self.isScheduled = isScheduled
        self.isOwn = isOwn
    }
}

/// What is to be done now.
public struct Decision: Sendable, Hashable {
    /// A run to begin.
    public struct Start: Sendable, Hashable {
        /// The job.
        public var job: String
        /// What the run does.
        public var kind = RunKind.backup
        /// The occurrence that it is for.
        public var due: Timestamp
        /// Which attempt it is, from 1 on.
        public var attempt: Int
        /// What makes it begin.
        public var trigger: RunTrigger
    }

    /// A run to be stopped in good order.
    public struct Stop: Sendable, Hashable {
        /// Why.
        public enum Reason: String, Sendable, Hashable, CaseIterable {
            /// It takes longer than it may.
            case timeout
            /// Its window has closed; it ends with a partial version.
            case window
            /// Its window has closed; it goes on when that opens again.
            case suspended
        }

        /// The job.
        public var job: String
        /// Why.
        public var reason: Reason
    }

    /// What is to be kept before anything begins.
    public var facts = ScheduleFacts()
    /// What is to begin.
    public var starts: [Start] = []
    /// What is to be stopped.
    public var stops: [Stop] = []
}
