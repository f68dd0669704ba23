internal import Glibc
public import Transport

/// Passing time, as calls see it.
public struct CallClock: Sendable {
    /// How long some moment in the past is ago; only differences count.
    public var now: @Sendable () -> Duration
    /// Waits on the calling thread, but not past a cancellation.
    public var sleep: @Sendable (Duration, CancellationFlag) -> Void
    /// A number of 0 up to 1, evenly spread.
    public var random: @Sendable () -> Double

    /// The real one.
    public init(
        now: @escaping @Sendable () -> Duration = { start.duration(to: .now) },
        sleep: @escaping @Sendable (Duration, CancellationFlag) -> Void = { CallClock.wait($0, $1) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// Some moment in the past.
    public static let start = ContinuousClock.now

    /// Waits until the time has passed or the flag is raised, whichever is first.
    public static func wait(_ duration: Duration, _ cancellation: CancellationFlag) {
        let end = ContinuousClock.now + duration
        while !cancellation.isCancelled {
            let left = end - ContinuousClock.now
            if left <= .zero { return }
            usleep(UInt32(min(left, .milliseconds(50)) / .microseconds(1)))
        }
    }
}
