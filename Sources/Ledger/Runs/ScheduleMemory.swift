public import Support

/// What is remembered of a duty of a job, and of its schedule.
public struct JobMemory: Sendable, Hashable {
    /// An occurrence that is still to be ended.
    public struct Open: Sendable, Hashable {
        /// When it was due.
        public var due: Timestamp
        /// Whether its run is at work.
        public var isRunning: Bool
        /// How many runs it has had.
        public var attempts: Int
        /// When the next attempt may begin; nil for at once.
        public var notBefore: Timestamp?

        /// An occurrence that waits, or whose run is at work.
        public init(due: Timestamp, isRunning: Bool = false, attempts: Int = 0, notBefore: Timestamp? = nil) {
            self.due = due
            self.isRunning = isRunning
            self.attempts = attempts
            self.notBefore = notBefore
        }
    }

    /// The moment up to which every occurrence is accounted for; nil for a job that was never looked at.
    public var decided: Timestamp?
    /// What is not ended, oldest first.
    public var open: [Open] = []
    /// Moments after ``decided`` that are accounted for all the same, because the clock was set back.
    public var accounted: Set<Int64> = []
    /// When its last run began.
    public var started: Timestamp?
    /// When its last run ended.
    public var ended: Timestamp?
    /// Whether that one was good.
    public var endedGood = false
    /// When its last good run ended.
    public var good: Timestamp?

    /// Nothing is known of a job.
    public init() {}
}

/// What a look at the schedules found out: to be kept in one transaction.
public struct ScheduleFacts: Sendable, Hashable {
    /// An occurrence that waited and will not run.
    public struct Ending: Sendable, Hashable {
        /// Whose it is.
        public var duty: Duty
        /// When it was due.
        public var due: Timestamp
        /// How it ends.
        public var state: Occurrence.State
        /// Why there is no run.
        public var reason: Occurrence.SkipReason?

        /// The end of an occurrence.
        public init(_ duty: Duty, due: Timestamp, state: Occurrence.State, reason: Occurrence.SkipReason? = nil) {
            self.duty = duty
            self.due = due
            self.state = state
            self.reason = reason
        }
    }

    /// The moments up to which everything is accounted for.
    public var decided: [Duty: Timestamp] = [:]
    /// What came up.
    public var occurrences: [Occurrence] = []
    /// What ends without a run.
    public var endings: [Ending] = []
    /// For whom the clock was set back, and to what: what was missed or skipped after that comes again.
    public var rewound: [Duty: Timestamp] = [:]

    /// Nothing was found out.
    public init() {}

    /// Whether there is nothing to keep.
    public var isEmpty: Bool {
        decided.isEmpty && occurrences.isEmpty && endings.isEmpty && rewound.isEmpty
    }
}
