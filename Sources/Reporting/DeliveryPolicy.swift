/// How often, and with which pauses, a delivery is tried.
public struct DeliveryPolicy: Sendable, Hashable {
    /// The number of attempts, the first one included.
    public var attempts: Int

    /// The pause after the first attempt; each further one is twice as long.
    public var firstPause: Duration

    /// The longest pause; a receiver that asks for more is not tried again.
    public var longestPause: Duration

    /// How long one attempt may take.
    public var timeout: Duration

    /// Creates a policy; the default ends after about half a minute of pauses.
    public init(
        attempts: Int = 5, firstPause: Duration = .seconds(2), longestPause: Duration = .seconds(60),
        timeout: Duration = .seconds(10)
    ) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.timeout = timeout
    }

    /// The pause after a failed attempt, counted from 1; nil when it was the last one.
    func pause(after attempt: Int, asked: Duration?) -> Duration? {
        guard attempt < attempts else { return nil }
        var pause = firstPause
        for _ in 1..<attempt where pause < longestPause { pause = pause * 2 }
        pause = min(pause, longestPause)
        guard let asked else { return pause }
        return asked > longestPause ? nil : max(asked, pause)
    }
}
