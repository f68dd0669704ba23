/// How often, and with which pauses, a delivery is tried.
public struct DeliveryPolicy: Sendable, Hashable {
    /// How the pauses grow.
    public enum Growth: Sendable, Hashable, CaseIterable {
        /// All are as long as the first.
        case none
        /// Each is longer by the first.
        case linear
        /// Each is twice as long.
        case exponential
    }

    /// How the pauses grow.
    public var growth: Growth

    /// How often it is tried, the first attempt included; nil for as often as the lifetime allows.
    public var attempts: Int?

    /// The pause after the first attempt.
    public var firstPause: Duration

    /// The longest pause, unless the receiver itself asks for a longer one.
    public var longestPause: Duration

    /// How long a report is tried to be delivered; then it is given up.
    public var lifetime: Duration

    /// How long one attempt may take.
    public var timeout: Duration

    /// How long a run stays at its end for its reports: zero for one attempt each, nil for none.
    ///
    /// What is left waits for whoever delivers next.
    public var stay: Duration?

    /// Creates a policy: pauses of 2 seconds to 10 minutes, for a day.
    public init(
        firstPause: Duration = .seconds(2), longestPause: Duration = .seconds(600),
        lifetime: Duration = .seconds(86_400), timeout: Duration = .seconds(10), stay: Duration? = .seconds(30),
        attempts: Int? = nil, growth: Growth = .exponential
    ) {
        self.growth = growth
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.lifetime = lifetime
        self.timeout = timeout
        self.stay = stay
    }

    /// The pause after a failed attempt, counted from 1; at least as long as the receiver asks.
    public func pause(after attempt: Int, asked: Duration? = nil) -> Duration {
        var pause = firstPause
        for _ in 1..<max(attempt, 1) where pause < longestPause {
            switch growth {
            case .none: break
            case .linear: pause += firstPause
            case .exponential: pause = pause * 2
            }
        }
        return max(asked ?? .zero, min(pause, longestPause))
    }
}
