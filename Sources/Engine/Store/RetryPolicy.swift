internal import Destinations
internal import Glibc

/// How often a destination is asked again after a failure that may pass, and how long between.
public struct RetryPolicy: Sendable {
    /// How often a call is made at most.
    public var attempts: Int
    /// The pause before the second attempt; each further one is twice as long.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration
    /// Waits; replaced by tests.
    public var pause: @Sendable (Duration, Cancellation) -> Void

    /// Five attempts within about a quarter of a minute, unless told otherwise.
    public init(
        attempts: Int = 5, firstPause: Duration = .seconds(1), longestPause: Duration = .seconds(30),
        pause: @escaping @Sendable (Duration, Cancellation) -> Void = RetryPolicy.sleep
    ) {
        self.attempts = max(1, attempts)
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.pause = pause
    }

    /// Blocks the thread, but not past a cancellation.
    @Sendable
    public static func sleep(_ duration: Duration, _ cancellation: Cancellation) {
        let end = ContinuousClock.now + duration
        while !cancellation.isCancelled, ContinuousClock.now < end { usleep(20_000) }
    }

    /// Calls `body` until it succeeds, fails for good, or was tried often enough; `progress` counts the repetitions.
    func run<Value>(
        _ cancellation: Cancellation, _ progress: RunProgress, _ body: () throws(DestinationError) -> Value
    ) throws(EngineError) -> Value {
        var wait = firstPause
        var attempt = 1
        while true {
            try cancellation.check()
            do {
                return try body()
            } catch {
                guard error.isRetryable, attempt < attempts else { throw .destination(error) }
                pause(min(max(wait, error.retryAfter ?? .zero), longestPause), cancellation)
                wait = min(wait * 2, longestPause)
                attempt += 1
                if !cancellation.isCancelled { progress.addRetry() }
            }
        }
    }
}
