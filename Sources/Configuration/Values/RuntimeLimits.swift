public import Schedule

/// What all jobs together may take of the machine and its network.
public struct RuntimeLimits: Sendable, Hashable {
    /// A time with other rates.
    public struct Blackout: Sendable, Hashable {
        /// The weekdays on which it begins; all when empty.
        public let days: Set<Weekday>
        /// When it begins.
        public let from: ClockTime
        /// When it ends; on the next day, when that is not after ``from``.
        public let to: ClockTime
        /// The rate of uploads; `nil` for no uploads at all.
        public let upload: TransferRate?
        /// The rate of downloads; `nil` for that of other times.
        public let download: TransferRate?
    }

    /// How many jobs run at the same time.
    public let concurrentJobs: Int
    /// What all uploads together may take.
    public let upload: TransferRate
    /// What all downloads together may take.
    public let download: TransferRate
    /// Times with other rates; of several that fit, the first holds.
    public let blackouts: [Blackout]
}

/// How a service takes over a changed configuration.
public struct ReloadSettings: Sendable, Hashable {
    /// Whether a change of the files is noticed.
    public let watches: Bool
    /// How long the files must have been left alone.
    public let debounce: CalendarDuration
    /// The hashes of plans that somebody has approved.
    public let approved: [String]
}
