internal import Synchronization

/// A request to stop, seen by every thread of a run.
///
/// A run that is asked to stop abandons what it has in hand, leaves the destination in order, and throws
/// ``EngineError/cancelled``.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var nextAction = 0
    }

    private let flag = Atomic<Bool>(false)
    private let state = Mutex(State())

    /// Nothing is cancelled yet.
    public init() {}

    /// Asks to stop; safe to call from any thread, any number of times.
    public func cancel() {
        flag.store(true, ordering: .releasing)
        let actions = state.withLock { state in
            state.isCancelled = true
            defer { state.actions = [:] }
            return state.actions.values.map { $0 }
        }
        for action in actions { action() }
    }

    /// Whether a stop was asked for.
    public var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Throws ``EngineError/cancelled`` when a stop was asked for.
    public func check() throws(EngineError) {
        if isCancelled { throw .cancelled }
    }

    /// Calls `action` when a stop is asked for while `body` runs, at once when it was before.
    ///
    /// For stages that wait in queues and would not look at the flag.
    func whileWatching<Value>(_ action: @escaping @Sendable () -> Void, _ body: () throws -> Value) rethrows -> Value {
        let number: Int? = state.withLock { state in
            guard !state.isCancelled else { return nil }
            state.nextAction += 1
            state.actions[state.nextAction] = action
            return state.nextAction
        }
        if number == nil { action() }
        defer {
            if let number { state.withLock { _ = $0.actions.removeValue(forKey: number) } }
        }
        return try body()
    }
}
