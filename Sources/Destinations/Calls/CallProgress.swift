/// How far a call has come with its attempts.
struct CallProgress {
    let rules: CallRules
    /// When it began, moved forward by the time that it waited for an outage to end.
    var began: Duration
    private(set) var attempts = 0
    private(set) var lastError: DestinationError?
    private var corruptions = 0
    private var mayHaveArrived = false

    init(rules: CallRules, began: Duration) {
        self.rules = rules
        self.began = began
    }

    /// The attempt that comes next.
    var attempt: Caller.Attempt {
        Caller.Attempt(number: attempts + 1, earlierMayHaveArrived: mayHaveArrived)
    }

    mutating func failed(_ error: DestinationError) {
        attempts += 1
        lastError = error
        if error.kind == .corrupt { corruptions += 1 }
        if error.mayHaveArrived { mayHaveArrived = true }
    }

    /// How long to wait before the next attempt.
    /// - Parameters:
    ///   - error: why the last attempt failed.
    ///   - random: of 0 up to 1.
    ///   - least: what the pause has to be at least.
    ///   - now: the time, on the clock of `began`.
    ///   - hadContact: whether the destination has ever answered.
    /// - Returns: the pause; nil when there is no next attempt.
    func pause(
        after error: DestinationError, random: Double, least: Duration, now: Duration, _ hadContact: Bool
    ) -> Duration? {
        if error.kind == .corrupt { return corruptions < 3 ? .zero : nil }
        guard error.kind == .transient || error.kind == .throttled, error.attempts == nil else { return nil }
        if let limit = rules.attempts, attempts >= max(1, limit) { return nil }
        if let asked = error.retryAfter, asked > rules.longestRetryAfter { return nil }
        let isThrottled = error.kind == .throttled
        let first = isThrottled ? rules.firstThrottledPause : rules.firstPause
        let most = isThrottled ? rules.longestThrottledPause : rules.longestPause
        let room = min(most, first * rules.growth.factor(after: attempts))
        // What the server asks for is the least; the rest keeps many from coming back at the same moment.
        let pause = max(least, error.retryAfter.map { $0 + $0 * (random / 10) } ?? room * random)
        let budget = hadContact ? rules.budget : min(rules.budget, rules.firstBudget)
        return now - began + pause <= budget ? pause : nil
    }
}

extension Duration {
    fileprivate static func * (duration: Duration, factor: Double) -> Duration {
        .seconds((duration / .seconds(1)) * factor)
    }
}
