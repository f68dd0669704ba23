internal import Synchronization

/// Hands signals that ask a service for something to whoever takes them; nobody else gets any.
final class SignalBox: Sendable {
    private let taker = Mutex<(@Sendable (ServiceSignal) -> Void)?>(nil)

    /// Gives those that come from now on to `taker`.
    func take(_ taker: @escaping @Sendable (ServiceSignal) -> Void) {
        self.taker.withLock { $0 = taker }
    }

    /// Hands one on; before anybody takes them it has nothing to ask for.
    func put(_ signal: ServiceSignal) {
        let taker = taker.withLock { $0 }
        taker?(signal)
    }
}

/// A signal that asks a service for something else than to end.
enum ServiceSignal: Int32, Sendable, Hashable, CaseIterable {
    /// SIGHUP: read the configuration again.
    case hangUp = 1
    /// SIGUSR1: say how it stands.
    case first = 10
    /// SIGUSR2: read the configuration again, as other programs of this kind have it.
    case second = 12
}
