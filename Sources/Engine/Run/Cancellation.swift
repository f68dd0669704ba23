internal import Glibc
internal import Support
internal import Synchronization

/// A request to stop, seen by every thread of a run.
///
/// A run that is cancelled abandons what it has in hand, leaves the destination in order, and throws
/// ``EngineError/cancelled``. One that is asked to stop finishes what it has begun, if it can do that at all; a backup
/// can, and makes a partial version.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var nextAction = 0
        var stops: [Int: @Sendable () -> Void] = [:]
        var stopped: ContinuousClock.Instant?
    }

    private let flag = Atomic<Bool>(false)
    private let stopFlag = Atomic<Bool>(false)
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

    /// Calls `action` when a stop is asked for, at once when it was before; for what lives as long as this.
    public func onCancel(_ action: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            guard !state.isCancelled else { return true }
            state.nextAction += 1
            state.actions[state.nextAction] = action
            return false
        }
        if isLate { action() }
    }

    // MARK: In good order

    /// Asks to stop in good order, and cancels what has not come to its end after `grace`.
    ///
    /// Whoever does not know how to stop in good order is cancelled at once.
    public func stop(within grace: Duration) {
        guard beginStop() else { return }
        let end = ContinuousClock.now + grace
        let watch = try? WorkerThread("grace") { [self] in
            while ContinuousClock.now < end {
                if isCancelled || state.withLock({ $0.stops.isEmpty }) { return }
                usleep(20_000)
            }
            cancel()
        }
        if watch == nil { cancel() }
    }

    /// Asks to stop in good order whoever knows how to, or cancels.
    /// - Returns: whether there is anybody who knows how to.
    @discardableResult
    private func beginStop() -> Bool {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            guard !state.stops.isEmpty else { return [] }
            if state.stopped == nil { state.stopped = .now }
            stopFlag.store(true, ordering: .releasing)
            return Array(state.stops.values)
        }
        guard !actions.isEmpty else {
            cancel()
            return false
        }
        for action in actions { action() }
        return true
    }

    /// Runs one of several parts that go on at the same time.
    ///
    /// What is asked of the whole is asked of each part: one that can stops in good order, while another one that does
    /// not know how to is cancelled at once.
    public func withPart<Value>(_ body: (Cancellation) throws -> Value) rethrows -> Value {
        let part = Cancellation()
        let (cancel, stop): (@Sendable () -> Void, @Sendable () -> Void) = ({ part.cancel() }, { part.beginStop() })
        return try whileWatching(cancel) {
            try whileStoppable(stop) {
                if isStopping { part.beginStop() }
                return try body(part)
            }
        }
    }

    /// Whether a stop in good order was asked for.
    var isStopping: Bool { stopFlag.load(ordering: .acquiring) }

    /// How long ago that was.
    var timeSinceStop: Duration? {
        guard isStopping, let stopped = state.withLock({ $0.stopped }) else { return nil }
        return ContinuousClock.now - stopped
    }

    /// Runs what knows how to stop in good order; `action` is called when that is asked for.
    func whileStoppable<Value>(_ action: @escaping @Sendable () -> Void, _ body: () throws -> Value) rethrows -> Value {
        let number = state.withLock { state in
            state.nextAction += 1
            state.stops[state.nextAction] = action
            return state.nextAction
        }
        defer { state.withLock { _ = $0.stops.removeValue(forKey: number) } }
        return try body()
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
