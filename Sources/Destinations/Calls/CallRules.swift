/// How often, and with which pauses, a call is made again after a failure that may pass.
public struct CallRules: Sendable, Hashable {
    /// How the room of pauses grows from attempt to attempt.
    public enum Growth: String, Sendable, Hashable, CaseIterable {
        /// Not at all.
        case none
        /// By the first pause each time.
        case linear
        /// Twice as much each time.
        case exponential

        /// How many times the first pause there is after some attempts, at least one.
        func factor(after attempts: Int) -> Int {
            switch self {
            case .none: 1
            case .linear: max(1, attempts)
            case .exponential: 1 << min(max(0, attempts - 1), 30)
            }
        }
    }

    /// How often it is made at most; nil leaves it to the time alone.
    public var attempts: Int?
    /// How long a call may take with all its attempts, the pauses of an outage apart.
    public var budget: Duration
    /// The same for the very first call, while it is not known whether anybody is there.
    public var firstBudget: Duration
    /// The first pause is somewhere between nothing and this; each further one has twice the room.
    public var firstPause: Duration
    /// The longest pause.
    public var longestPause: Duration
    /// How the room of pauses grows from attempt to attempt.
    public var growth: Growth
    /// The first and the longest pause after the destination asked to slow down.
    public var firstThrottledPause: Duration
    /// See `firstThrottledPause`.
    public var longestThrottledPause: Duration
    /// A destination that asks for a longer pause than this is given up at once.
    public var longestRetryAfter: Duration
    /// How many calls may be under way at once.
    public var parallelCalls: Int
    /// How many connections have to fail in a row, over all calls, for an outage.
    public var outageThreshold: Int
    /// How long after its begin an outage is probed for the first time, and how long after a probe at most.
    public var firstProbe: Duration
    /// See `firstProbe`.
    public var longestProbe: Duration
    /// How long an outage is waited out.
    public var patience: Duration

    /// A quarter of an hour for a call, an hour for an outage.
    public init(
        attempts: Int? = nil, budget: Duration = .seconds(900), firstBudget: Duration = .seconds(60),
        firstPause: Duration = .seconds(1), longestPause: Duration = .seconds(60), growth: Growth = .exponential,
        firstThrottledPause: Duration = .seconds(2), longestThrottledPause: Duration = .seconds(300),
        longestRetryAfter: Duration = .seconds(900), parallelCalls: Int = 8, outageThreshold: Int = 10,
        firstProbe: Duration = .seconds(30), longestProbe: Duration = .seconds(300),
        patience: Duration = .seconds(3600)
    ) {
        self.attempts = attempts
        self.budget = budget
        self.firstBudget = firstBudget
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.growth = growth
        self.firstThrottledPause = firstThrottledPause
        self.longestThrottledPause = longestThrottledPause
        self.longestRetryAfter = longestRetryAfter
        self.parallelCalls = parallelCalls
        self.outageThreshold = outageThreshold
        self.firstProbe = firstProbe
        self.longestProbe = longestProbe
        self.patience = patience
    }
}
