internal import Synchronization

/// Keeps many calls that fail at once from becoming a storm of repetitions.
///
/// A tenth of a repetition is earned by each call that succeeds, twenty are there at the start; whoever finds none left
/// waits the longest pause instead of a short one.
final class StormBudget: Sendable {
    private let tokens = Mutex(20.0)

    func earn() { tokens.withLock { $0 = min($0 + 0.1, 20) } }

    /// Takes a repetition; false when there is none left.
    func spend() -> Bool {
        tokens.withLock { tokens in
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }
}
