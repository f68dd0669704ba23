internal import Support

/// Work done on a few threads, a little ahead of where its results are used.
enum ReadAhead {
    private struct Done<Output: Sendable>: Sendable {
        let index: Int
        let output: Output
    }

    /// Calls `work` for every input on `threads` threads, and `consume` with each result on the calling thread, in
    /// the order of the inputs; no more than twice as many results as threads wait at any time.
    /// - Throws: what `consume` throws, once every thread has ended; `SystemError` when there is no thread to be had.
    static func run<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], threads: Int = 3, name: String, work: @escaping @Sendable (Input) -> Output,
        consume: (Input, Output) throws -> Void
    ) throws {
        guard inputs.count > 1 else {
            for input in inputs { try consume(input, work(input)) }
            return
        }
        let window = min(inputs.count, threads * 2)
        let orders = BoundedQueue<Int>(capacity: window)
        let results = BoundedQueue<Done<Output>>(capacity: window)
        for index in 0..<window { orders.push(index) }
        var workers: [WorkerThread] = []
        defer {
            orders.cancel()
            results.cancel()
            for worker in workers { worker.join() }
        }
        for _ in 0..<min(threads, inputs.count) {
            workers.append(
                try WorkerThread(name) {
                    while let index = orders.pop() {
                        guard results.push(Done(index: index, output: work(inputs[index]))) else { return }
                    }
                })
        }
        var waiting: [Int: Output] = [:]
        for index in inputs.indices {
            while waiting[index] == nil, let done = results.pop() { waiting[done.index] = done.output }
            guard let output = waiting.removeValue(forKey: index) else { return }
            try consume(inputs[index], output)
            if index + window < inputs.count { orders.push(index + window) }
        }
    }
}
