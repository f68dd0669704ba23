internal import Support
internal import Synchronization

/// The same work on many things, on a few threads of its own; the first error ends it.
enum ParallelWork {
    /// Calls `body` for each element, in their order as far as the threads keep it.
    ///
    /// - Parameters:
    ///   - elements: what is worked on.
    ///   - threads: how many threads at most.
    ///   - cancellation: ends it between two elements.
    ///   - body: does the work; called from several threads at once.
    /// - Throws: `.cancelled`, `.system` when there is no thread to be had, and the first error of `body`; by then no
    ///   thread is at work any more.
    static func forEach<Element: Sendable>(
        _ elements: [Element], threads: Int, cancellation: Cancellation,
        _ body: @escaping @Sendable (Element) throws(EngineError) -> Void
    ) throws(EngineError) {
        guard !elements.isEmpty else { return }
        let state = State()
        var workers: [WorkerThread] = []
        for number in 0..<min(max(1, threads), elements.count) {
            do throws(SystemError) {
                workers.append(
                    try WorkerThread("objects") {
                        while let index = state.next(below: elements.count) {
                            do throws(EngineError) {
                                try cancellation.check()
                                try body(elements[index])
                            } catch {
                                state.fail(error)
                            }
                        }
                    })
            } catch {
                // With one thread it only takes longer.
                if number == 0 { throw .system(error, doing: "start a thread") }
                break
            }
        }
        for worker in workers { worker.join() }
        if let error = state.failure { throw error }
    }

    private final class State: Sendable {
        private let position = Atomic<Int>(0)
        private let error = Mutex<EngineError?>(nil)

        var failure: EngineError? { error.withLock { $0 } }

        func next(below count: Int) -> Int? {
            guard failure == nil else { return nil }
            let index = position.add(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }

        func fail(_ error: EngineError) {
            self.error.withLock { if $0 == nil { $0 = error } }
        }
    }
}

/// Names that several threads gather.
final class Names: Sendable {
    private let names = Mutex<Set<String>>([])

    /// All of them, sorted.
    var sorted: [String] { names.withLock { $0 }.sorted() }

    func add(_ name: String) { names.withLock { _ = $0.insert(name) } }
}
