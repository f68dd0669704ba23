internal import Synchronization
internal import Transport

/// Whether the destination can be reached at all, as all calls together have found out.
///
/// While it cannot, calls wait in line and one of them tries now and then; when it gets through, all go on.
final class Outage: Sendable {
    /// How a call may go ahead.
    enum Pass {
        /// Like any other.
        case normal
        /// As the one that tries whether the outage has ended.
        case probe
        /// Not at all: the outage has lasted too long, or the caller asked to stop.
        case none
    }

    private struct State {
        var failuresInARow = 0
        var began: Duration?
        var nextProbe = Duration.zero
        var interval = Duration.zero
        var isProbing = false
        /// Whether anybody was ever there.
        var hadContact = false
    }

    private let state = Mutex(State())
    private let rules: CallRules
    private let clock: CallClock
    private let cancellation: CancellationFlag

    init(rules: CallRules, clock: CallClock, cancellation: CancellationFlag) {
        self.rules = rules
        self.clock = clock
        self.cancellation = cancellation
    }

    /// Whether a call has ever got an answer.
    var hadContact: Bool { state.withLock { $0.hadContact } }

    /// Waits while there is an outage.
    func pass() -> Pass {
        while !cancellation.isCancelled {
            let now = clock.now()
            let (pass, wait) = state.withLock { state -> (Pass?, Duration) in
                guard let began = state.began else { return (.normal, .zero) }
                let isProbeDue = !state.isProbing && now >= state.nextProbe
                if now - began >= rules.patience, !isProbeDue { return (Pass.none, .zero) }
                guard isProbeDue else {
                    return (nil, max(.milliseconds(50), min(.seconds(1), state.nextProbe - now)))
                }
                state.isProbing = true
                return (.probe, .zero)
            }
            if let pass { return pass }
            clock.sleep(wait, cancellation)
        }
        return .none
    }

    /// An answer came, whatever it was.
    func answered(_ pass: Pass) {
        state.withLock { state in
            if pass == .probe { state.isProbing = false }
            state.hadContact = true
            state.failuresInARow = 0
            state.began = nil
        }
    }

    /// No answer came.
    func failed(_ pass: Pass) {
        let now = clock.now()
        state.withLock { state in
            state.failuresInARow += 1
            if pass == .probe {
                state.isProbing = false
                state.interval = min(state.interval * 2, rules.longestProbe)
                state.nextProbe = now + state.interval
            } else if state.hadContact, state.began == nil, state.failuresInARow >= rules.outageThreshold {
                state.began = now
                state.interval = rules.firstProbe
                state.nextProbe = now + state.interval
            }
        }
    }

    /// The call ended before it could learn anything.
    func abandoned(_ pass: Pass) {
        if pass == .probe { state.withLock { $0.isProbing = false } }
    }

    /// Whether there is an outage now.
    var isOn: Bool { state.withLock { $0.began != nil } }
}
