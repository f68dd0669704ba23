public import Support

/// A moment at which a schedule wanted a run, and what became of it.
public struct Occurrence: Sendable, Hashable {
    /// What becomes of it: it is open in the first two states, and stays in any other for ever.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It is to run as soon as it may.
        case waiting
        /// Its run is at work.
        case running
        /// Its run did everything.
        case success
        /// Its run left something out.
        case warning
        /// Its run failed, the last attempt that it had.
        case failed
        /// There was no backup, for a reason that the configuration, a hook or somebody gave.
        case skipped
        /// Nobody was there to begin the run.
        case missed
        /// A guard refused the run.
        case refused
        /// Its run was stopped, or its process died.
        case interrupted

        /// Whether something is still to come of it.
        public var isOpen: Bool { self == .waiting || self == .running }

        /// The state of an occurrence whose run is in that one.
        public init(_ state: RunState) {
            self =
                switch state {
                case .running: .running
                case .success: .success
                case .warning: .warning
                case .failed: .failed
                case .refused: .refused
                case .skipped: .skipped
                case .interrupted: .interrupted
                }
        }
    }

    /// Why there was no run.
    public enum SkipReason: String, Sendable, Hashable, CaseIterable {
        /// The run before it was not done.
        case overlap
        /// The job, or everything, was paused.
        case paused
        /// A job that goes first did not end well.
        case after
        /// The window did not open before the next one was due.
        case window
        /// The job is not in the configuration any more, or disabled.
        case removed
    }

    /// The job.
    public var job: String
    /// What the run was to do.
    public var kind: RunKind
    /// When a run was due; the first of several.
    public var due: Timestamp
    /// When the last of several was due; for one the same as ``due``.
    public var last: Timestamp
    /// How many moments this stands for, one or more: those that were missed one after the other may share a row.
    public var count: Int
    /// What became of it.
    public var state: State
    /// Why there was no run.
    public var reason: SkipReason?
    /// The identifier of its last run.
    public var run: String?

    /// What it is an occurrence of.
    public var duty: Duty { Duty(job, kind) }

    /// One occurrence, or several of one kind in a row.
    public init(
        job: String, kind: RunKind = .backup, due: Timestamp, last: Timestamp? = nil, count: Int = 1, state: State,
        reason: SkipReason? = nil, run: String? = nil
    ) {
        self.job = job
        self.kind = kind
        self.due = due
        self.last = last ?? due
        self.count = count
        self.state = state
        self.reason = reason
        self.run = run
    }
}
