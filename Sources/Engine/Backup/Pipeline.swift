internal import Support
internal import Synchronization

/// The threads of a run: stages joined by bounded queues, where the first error ends all.
///
/// The only place in the engine that starts threads for a backup. Blocking work here never touches the cooperative pool.
final class Pipeline: Sendable {
    private struct State {
        var error: (any Error)?
        var threads: [WorkerThread] = []
        var cancellers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let failed = Atomic<Bool>(false)

    /// A queue between stages, cancelled when any stage fails.
    func queue<Element: Sendable>(of: Element.Type, capacity: Int) -> BoundedQueue<Element> {
        let queue = BoundedQueue<Element>(capacity: capacity)
        onFailure { queue.cancel() }
        return queue
    }

    /// Runs `body` on threads of its own.
    /// - Parameters:
    ///   - name: at most 15 characters, shown by the system.
    ///   - threads: how many run it at the same time.
    ///   - body: the stage; an error it throws ends the whole pipeline.
    ///   - atEnd: called once, after the last of the threads has ended.
    /// - Throws: `SystemError` when the system has no thread to give.
    func stage(
        _ name: String, threads: Int = 1, _ body: @escaping @Sendable () throws -> Void,
        atEnd: @escaping @Sendable () -> Void = {}
    ) throws(SystemError) {
        let running = Countdown(threads, then: atEnd)
        for _ in 0..<threads {
            let thread = try WorkerThread(name) { [self] in
                do { try body() } catch { fail(error) }
                running.countDown()
            }
            state.withLock { $0.threads.append(thread) }
        }
    }

    /// Calls `action` when the pipeline fails, at once when it has already.
    func onFailure(_ action: @escaping @Sendable () -> Void) {
        let hasFailed = state.withLock { state in
            state.cancellers.append(action)
            return state.error != nil
        }
        if hasFailed { action() }
    }

    /// Ends all stages; only the first error is kept.
    func fail(_ error: any Error) {
        let cancellers = state.withLock { state -> [@Sendable () -> Void] in
            guard state.error == nil else { return [] }
            state.error = error
            failed.store(true, ordering: .releasing)
            return state.cancellers
        }
        for cancel in cancellers { cancel() }
    }

    /// Whether a stage has failed or the run was cancelled.
    var hasFailed: Bool { failed.load(ordering: .acquiring) }

    /// The first error, if any stage has failed.
    var failure: (any Error)? { state.withLock { $0.error } }

    /// Waits until every thread has ended; nobody is told of a failure after that.
    func join() {
        while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
        state.withLock { $0.cancellers = [] }
    }

    /// Throws the first error, if any stage has failed.
    func check() throws {
        if let failure { throw failure }
    }
}

/// Calls an action when a number of participants have finished.
final class Countdown: Sendable {
    private let left: Atomic<Int>
    private let action: @Sendable () -> Void

    init(_ count: Int, then action: @escaping @Sendable () -> Void) {
        left = Atomic(count)
        self.action = action
    }

    func countDown() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { action() }
    }
}
