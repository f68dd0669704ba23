internal import Glibc
internal import Synchronization

/// How many may do something at the same time, such as sending an object: shared by the stores of one run.
///
/// They are given away in the order in which they are asked for, so that no store is passed over.
public final class Places: Sendable {
    private struct State {
        var free: Int
        /// Who waits, in the order in which they came.
        var waiting: [Int] = []
        var nextTicket = 0
    }

    private let state: Mutex<State>

    /// So many places, at least one.
    public init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
    }

    /// Waits for a place; whoever has it gives it back with ``leave()``.
    /// - Throws: `.cancelled` when a stop is asked for meanwhile.
    public func enter(_ cancellation: Cancellation) throws(EngineError) {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.waiting.append(state.nextTicket)
            return state.nextTicket
        }
        while !take(ticket) {
            guard !cancellation.isCancelled else {
                state.withLock { $0.waiting.removeAll { $0 == ticket } }
                throw .cancelled
            }
            usleep(5000)
        }
    }

    /// Gives a place back.
    public func leave() { state.withLock { $0.free += 1 } }

    /// How many wait for one.
    var waiters: Int { state.withLock { $0.waiting.count } }

    private func take(_ ticket: Int) -> Bool {
        state.withLock { state in
            guard state.free > 0, state.waiting.first == ticket else { return false }
            state.waiting.removeFirst()
            state.free -= 1
            return true
        }
    }
}
