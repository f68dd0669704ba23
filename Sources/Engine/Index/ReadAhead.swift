internal import Support

/// Work done on a few threads, a little ahead of where its results are used.
///
/// Begins at once; what nobody takes any more ends with `end()`.
final class ReadAhead<Input: Sendable, Output: Sendable> {
    private struct Done: Sendable {
        let index: Int
        let output: Output
    }

    private let inputs: [Input]
    private let window: Int
    private let orders: BoundedQueue<Int>
    private let results: BoundedQueue<Done>
    private var workers: [WorkerThread] = []

    /// Starts `work` for every input on `threads` threads; no more than `window` results exist at any time, counting
    /// those in the making and the one in use: twice as many as threads, unless told.
    /// - Throws: `SystemError` when there is no thread to be had.
    init(
        _ inputs: [Input], threads: Int = 3, window: Int? = nil, name: String,
        work: @escaping @Sendable (Input) -> Output
    ) throws {
        self.inputs = inputs
        let window = min(inputs.count, window ?? threads * 2)
        self.window = window
        let orders = BoundedQueue<Int>(capacity: window)
        let results = BoundedQueue<Done>(capacity: window)
        self.orders = orders
        self.results = results
        for index in 0..<window { orders.push(index) }
        do {
            for _ in 0..<min(threads, inputs.count) {
                workers.append(
                    try WorkerThread(name) {
                        while let index = orders.pop() {
                            guard results.push(Done(index: index, output: work(inputs[index]))) else { return }
                        }
                    })
            }
        } catch {
            end()
            throw error
        }
    }

    /// Ends all threads, once each has done what it is at.
    func end() {
        orders.cancel()
        results.cancel()
        for worker in workers { worker.join() }
        workers.removeAll()
    }

    /// Calls `consume` with each result on the calling thread, in the order of the inputs; to be called once.
    /// - Throws: what `consume` throws.
    func deliver(_ consume: (Input, Output) throws -> Void) throws {
        var waiting: [Int: Output] = [:]
        for index in inputs.indices {
            while waiting[index] == nil, let done = results.pop() { waiting[done.index] = done.output }
            guard let output = waiting.removeValue(forKey: index) else { return }
            try consume(inputs[index], output)
            if index + window < inputs.count { orders.push(index + window) }
        }
    }

    /// Calls `work` for every input on `threads` threads, and `consume` with each result on the calling thread, in
    /// the order of the inputs; with no thread everything is done on the calling one, and one result exists at a time.
    /// - Throws: what `consume` throws, once every thread has ended; `SystemError` when there is no thread to be had.
    static func run(
        _ inputs: [Input], threads: Int = 3, name: String, work: @escaping @Sendable (Input) -> Output,
        consume: (Input, Output) throws -> Void
    ) throws {
        guard inputs.count > 1, threads > 0 else {
            for input in inputs { try consume(input, work(input)) }
            return
        }
        let ahead = try ReadAhead(inputs, threads: threads, name: name, work: work)
        defer { ahead.end() }
        try ahead.deliver(consume)
    }
}
