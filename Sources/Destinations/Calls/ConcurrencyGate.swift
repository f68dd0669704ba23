internal import Synchronization
internal import Transport

/// How many calls are under way at once: fewer after the destination asked to slow down, more again as time passes.
final class ConcurrencyGate: Sendable {
    private struct State {
        var running = 0
        /// Who waits, in the order in which they came.
        var waiting: [Int] = []
        var nextTicket = 0
        var limit: Int
        var changed: Duration
    }

    private let state: Mutex<State>
    private let most: Int
    private let clock: CallClock

    init(most: Int, clock: CallClock) {
        self.most = max(1, most)
        self.clock = clock
        state = Mutex(State(limit: max(1, most), changed: clock.now()))
    }

    /// Waits for a place; false when the caller asked to stop.
    func enter(_ cancellation: CancellationFlag) -> Bool {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            state.waiting.append(state.nextTicket)
            return state.nextTicket
        }
        while !cancellation.isCancelled {
            let now = clock.now()
            let isIn = state.withLock { state -> Bool in
                // A place more for each minute without complaint.
                while state.limit < most, now - state.changed >= .seconds(60) {
                    state.limit += 1
                    state.changed += .seconds(60)
                }
                guard state.running < state.limit, state.waiting.first == ticket else { return false }
                state.waiting.removeFirst()
                state.running += 1
                return true
            }
            if isIn { return true }
            clock.sleep(.milliseconds(5), cancellation)
        }
        state.withLock { $0.waiting.removeAll { $0 == ticket } }
        return false
    }

    func leave() { state.withLock { $0.running -= 1 } }

    /// Halves the places, once for all complaints of a second.
    func slowDown() {
        let now = clock.now()
        state.withLock { state in
            guard state.limit == most || now - state.changed >= .seconds(1) else { return }
            state.limit = max(1, state.limit / 2)
            state.changed = now
        }
    }

    /// How many wait for a place.
    var waiters: Int { state.withLock { $0.waiting.count } }

    /// How many calls may be under way now.
    var limit: Int { state.withLock { $0.limit } }
}
