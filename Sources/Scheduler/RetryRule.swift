public import Configuration

/// Whether and when a run that failed is tried again.
public struct RetryRule: Sendable, Hashable {
    /// How often it is tried, the first time included.
    public var attempts: Int
    /// How the pauses grow.
    public var backoff: RetrySpecification.Backoff
    /// Seconds of the first pause.
    public var initial: Int64
    /// Seconds of the longest pause.
    public var longest: Int64

    /// As the configuration of a job says; without a word of it a run is tried once.
    ///
    /// Who only says something of the pauses gets three attempts.
    public init(_ specification: RetrySpecification?) {
        attempts = specification.map { $0.attempts ?? 3 } ?? 1
        backoff = specification?.backoff ?? .exponential
        initial = max(1, specification?.initial?.fixedSeconds ?? 60)
        longest = max(1, specification?.longest?.fixedSeconds ?? 3600)
    }

    /// The pause after an attempt that failed.
    /// - Parameter attempt: its number, from 1 on.
    /// - Returns: seconds; nil when there is no further attempt.
    public func pause(after attempt: Int) -> Int64? {
        guard attempt < attempts else { return nil }
        let pause =
            switch backoff {
            case .none: initial
            case .linear: initial.multipliedReportingOverflow(by: Int64(attempt)).partialValue
            case .exponential: initial << Int64(min(attempt - 1, 20))
            }
        return min(max(pause, 1), longest)
    }
}
