/// How often, and with which pauses, a delivery is tried.
public struct DeliveryPolicy: Sendable, Hashable {
    /// The pause after the first attempt; each further one is twice as long.
    public var firstPause: Duration

    /// The longest pause, unless the receiver itself asks for a longer one.
    public var longestPause: Duration

    /// How long a report is tried to be delivered; then it is given up.
    public var lifetime: Duration

    /// How long one attempt may take.
    public var timeout: Duration

    /// How long a process that is about to end stays for its reports; what is left waits for the next one.
    public var stay: Duration

    /// Creates a policy: pauses of 2 seconds to 10 minutes, for a day.
    public init(
        firstPause: Duration = .seconds(2), longestPause: Duration = .seconds(600),
        lifetime: Duration = .seconds(86_400), timeout: Duration = .seconds(10), stay: Duration = .seconds(30)
    ) {
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.lifetime = lifetime
        self.timeout = timeout
        self.stay = stay
    }

    /// The pause after a failed attempt, counted from 1.
    /// - Parameter asked: what the receiver asks for.
    public func pause(after attempt: Int, asked: Duration? = nil) -> Duration {
        var pause = firstPause
        for _ in 1..<max(attempt, 1) where pause < longestPause { pause = pause * 2 }
        return max(asked ?? .zero, min(pause, longestPause))
    }
}
