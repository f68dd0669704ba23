internal import Synchronization

/// A request to stop, seen by every thread of a run.
///
/// A run that is asked to stop finishes or abandons what it has in hand, leaves the destination in order, and throws
/// ``EngineError/cancelled``.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Nothing is cancelled yet.
    public init() {}

    /// Asks to stop; safe to call from any thread, any number of times.
    public func cancel() { flag.store(true, ordering: .releasing) }

    /// Whether a stop was asked for.
    public var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Throws ``EngineError/cancelled`` when a stop was asked for.
    public func check() throws(EngineError) {
        if isCancelled { throw .cancelled }
    }
}
