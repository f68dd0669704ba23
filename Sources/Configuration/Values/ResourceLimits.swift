public import Support

/// What a job, or transfers to a destination, may take; `nil` leaves it to the program.
public struct ResourceLimits: Sendable, Hashable {
    /// How the processor is shared.
    public enum CPU: String, Sendable, Hashable, CaseIterable {
        /// After everything else.
        case low
        /// As any program.
        case normal
    }

    /// How the disks are shared.
    public enum IO: String, Sendable, Hashable, CaseIterable {
        /// When nobody else wants them.
        case idle
        /// After others.
        case low
        /// As any program.
        case normal
    }

    /// What uploads may take.
    public let upload: TransferRate?
    /// What downloads may take.
    public let download: TransferRate?
    /// How many objects are sent at the same time.
    public let parallelUploads: Int?
    /// How the processor is shared.
    public let cpu: CPU?
    /// How the disks are shared.
    public let io: IO?
    /// How much memory a run may take.
    public let memory: ByteCount?
}

/// How often, and with which pauses, something is tried; `nil` leaves it to the program.
public struct RetrySpecification: Sendable, Hashable {
    /// How the pauses grow.
    public enum Backoff: String, Sendable, Hashable, CaseIterable {
        /// All are as long as the first.
        case none
        /// Each is longer by the first.
        case linear
        /// Each is twice as long.
        case exponential
    }

    /// How often it is tried, the first time included.
    public let attempts: Int?
    /// How the pauses grow.
    public let backoff: Backoff
    /// The first pause.
    public let initial: CalendarDuration?
    /// The longest pause.
    public let longest: CalendarDuration?
}

/// What is expected of a job's versions.
public struct ServiceObjectives: Sendable, Hashable {
    /// How old the newest good version at each destination may become.
    public let recoveryPoint: CalendarDuration?
    /// How long a restore may take.
    public let recoveryTime: CalendarDuration?
    /// How long ago the last proven restore may be.
    public let verifiedWithin: CalendarDuration?
}
