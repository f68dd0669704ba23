public import Schedule

/// When something is due.
public struct Timing: Sendable, Hashable {
    /// A way to say it.
    public enum Rule: Sendable, Hashable {
        /// By cron expressions; any of them.
        case cron([CronExpression])
        /// At intervals.
        case every(CalendarDuration, at: ClockTime?, days: Set<Weekday>)
    }

    /// When.
    public let rule: Rule
    /// The IANA name of the time zone; `nil` for that of the runtime.
    public let timezone: String?
    /// Up to that much later, by a stable choice.
    public let jitter: CalendarDuration?

    /// The rule as moments can be computed from it; `seed` is what has choices of its own, the instance and the job.
    public func recurrences(seed: String) -> [Recurrence] {
        switch rule {
        case .cron(let expressions): expressions.map { .cron($0.resolved(seed: seed)) }
        case .every(let span, let at, let days):
            span.months == 0 && span.years == 0
                ? [.interval(seconds: span.seconds, at: at, days: days)]
                : [.months(span.months + 12 * span.years, day: 1, at: at)]
        }
    }
}

/// When a job runs.
public struct ScheduleSpecification: Sendable, Hashable {
    /// What becomes of runs that were missed.
    public enum CatchUp: String, Sendable, Hashable, CaseIterable {
        /// One run makes up for all of them.
        case once
        /// They are dropped.
        case none
    }

    /// What becomes of a run that is due while the last one is not done.
    public enum Overlap: String, Sendable, Hashable, CaseIterable {
        /// It is dropped.
        case skip
        /// It waits.
        case queue
    }

    /// The time of the day that runs keep to.
    public struct Window: Sendable, Hashable {
        /// What becomes of a run that is not done when the window closes.
        public enum Excess: String, Sendable, Hashable, CaseIterable {
            /// It goes on when the window opens again.
            case suspend
            /// It ends with a partial version.
            case stop
            /// It goes on.
            case `continue`
        }

        /// When it opens.
        public let from: ClockTime
        /// When it closes; on the next day, when that is not after ``from``.
        public let to: ClockTime
        /// The weekdays on which it opens; all when empty.
        public let days: Set<Weekday>
        /// What becomes of a run that is not done then.
        public let excess: Excess
    }

    /// A job that goes first when both are due.
    public struct Order: Sendable, Hashable {
        /// How it must have ended.
        public enum Result: String, Sendable, Hashable, CaseIterable {
            /// Without a failure.
            case success
            /// In any way.
            case any
        }

        /// Its name.
        public let job: String
        /// How it must have ended.
        public let result: Result
        /// Whether it is enough that it is not due itself.
        public let isOptional: Bool
    }

    /// When it is due.
    public let timing: Timing
    /// What becomes of runs that were missed.
    public let catchUp: CatchUp
    /// What becomes of a run that is due while the last one is not done.
    public let overlap: Overlap
    /// How long a run may take.
    public let timeout: CalendarDuration?
    /// The time of the day that runs keep to.
    public let window: Window?
    /// The jobs that go first.
    public let after: [Order]
}
