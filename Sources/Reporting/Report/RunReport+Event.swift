extension RunReport {
    /// What a report tells of.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// A run begins.
        case start
        /// A run succeeded.
        case success
        /// A run succeeded with warnings.
        case warning
        /// A run failed.
        case failure
        /// A run that was due did not begin.
        case missed
        /// The newest version is older than it may be.
        case overdue
        /// There is a version again that is young enough.
        case recovered
        /// A restore was tried out.
        case drill
        /// The configuration was changed, or could not be.
        case configChanged = "config_changed"
        /// Several reports together.
        case digest

        /// The end of a run.
        init(_ result: Result) {
            switch result {
            case .success: self = .success
            case .warning: self = .warning
            case .failure: self = .failure
            }
        }

        /// Whether it is the end of a run.
        public var isEnd: Bool { self == .success || self == .warning || self == .failure }
    }

    /// What the report tells of: of the end of a run unless it was made for something else.
    public var event: Event { occasion ?? Event(run.result) }

    /// What names this report and no other: the run's identifier, and what was told of the run before its end.
    ///
    /// It stays the same for every attempt to deliver it.
    public var id: String { event == .start ? "\(run.id).start" : run.id }

    /// How bad the news is.
    public enum Level: Sendable, Hashable, CaseIterable {
        /// Nothing to do, nothing to be glad of.
        case notice
        /// All is well.
        case good
        /// Something was left out.
        case warning
        /// Somebody has to look.
        case bad
    }

    /// How bad the news is.
    public var level: Level {
        switch event {
        case .start: .notice
        case .success, .recovered: .good
        case .warning: .warning
        case .failure, .missed, .overdue: .bad
        case .drill, .configChanged, .digest:
            switch run.result {
            case .success: event == .configChanged ? .notice : .good
            case .warning: .warning
            case .failure: .bad
            }
        }
    }
}
