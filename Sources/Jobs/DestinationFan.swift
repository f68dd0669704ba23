internal import Engine
internal import Logging
internal import Support
internal import Synchronization

/// The runs of a job to each of its destinations: at the same time, from one reading of the sources.
///
/// Each is on a thread of its own, and they meet only while the sources are read: before and after that none waits for
/// another one. These threads take over the priority that the job asks for, and all others of the run descend from them.
struct DestinationFan {
    /// What the run to one destination gets.
    struct Part: Sendable {
        /// The surroundings of the run; they ask this part to stop in its own way.
        let context: RunContext
        /// Where it shows how far it has come.
        let progress: RunProgress
        /// Its place among those that are fed by the same reading; nil when it is alone.
        let seat: CaptureSeat?
    }

    /// Something for the thread that waits for the others.
    private struct Errand: Sendable {
        let body: @Sendable () -> Void
        let isDone = BoundedQueue<Bool>(capacity: 1)
    }

    private let names: [String]
    private let context: RunContext
    private let priority: ThreadPriority
    private let logger: Logger
    private let errands = BoundedQueue<Errand>(capacity: 1)

    init(_ names: [String], in context: RunContext, priority: ThreadPriority = ThreadPriority(), logger: Logger) {
        self.names = names
        self.context = context
        self.priority = priority
        self.logger = logger
    }

    /// Does something on the thread that waits for the runs, and waits for it: what inherits a priority, and outlives the
    /// run, must not inherit that of a run.
    func aside(_ body: @escaping @Sendable () -> Void) {
        let errand = Errand(body: body)
        guard !priority.isUsual, errands.push(errand) else { return body() }
        _ = errand.isDone.pop()
    }

    /// Runs `body` for each destination, and returns when all have ended.
    ///
    /// - Returns: the results in the order of the destinations; of those that were stopped before they began, the first.
    func run(_ body: @escaping @Sendable (String, Part) -> DestinationResult) -> [DestinationResult] {
        let (context, all) = (context, names)
        let names = context.interruption.isRequested ? Array(all.prefix(1)) : all
        guard names.count > 1 else {
            return onThreads(names.count) { [names] number, _ in
                body(names[number], Part(context: context, progress: RunProgress(), seat: nil))
            }
        }
        let progress = names.map { _ in RunProgress() }
        context.watch(RunProgress(joining: progress))
        defer { context.watch(nil) }
        return onThreads(names.count) { number, seat in
            context.interruption.withPart { interruption in
                var part = context
                part.interruption = interruption
                // There is one display, and it shows all of them.
                part.watch = { _ in }
                return body(names[number], Part(context: part, progress: progress[number], seat: seat))
            }
        }
    }

    /// Calls `body` with each number, on threads of their own, where one is needed.
    private func onThreads(
        _ count: Int, _ body: @escaping @Sendable (Int, CaptureSeat?) -> DestinationResult
    ) -> [DestinationResult] {
        guard count > 1 || (count == 1 && !priority.isUsual) else { return (0..<count).map { body($0, nil) } }
        let results = Mutex<[Int: DestinationResult]>([:])
        let run: @Sendable (Int, CaptureSeat?) -> Void = { number, seat in
            let result = body(number, seat)
            seat?.leave()
            results.withLock { $0[number] = result }
        }
        let capture = Capture(backups: count)
        let working = Atomic<Int>(count)
        let hasWarned = Atomic<Bool>(false)
        let end: @Sendable () -> Void = { [errands] in
            if working.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { errands.close() }
        }
        var threads: [WorkerThread] = []
        var late: [Int] = []
        for number in 0..<count {
            let seat = capture.seat(number)
            do throws(SystemError) {
                threads.append(
                    try WorkerThread("destination") { [priority, logger] in
                        let refused = priority.assume()
                        if !refused.isEmpty, !hasWarned.exchange(true, ordering: .relaxed) {
                            logger.warning(
                                "priority not lowered",
                                metadata: ["error": "\(refused.map(\.description).joined(separator: "; "))"])
                        }
                        run(number, seat)
                        end()
                    })
            } catch {
                // Without a thread to spare it has its turn after the others, with a reading of its own.
                seat.leave()
                late.append(number)
                end()
            }
        }
        while let errand = errands.pop() {
            errand.body()
            errand.isDone.push(true)
        }
        for thread in threads { thread.join() }
        for number in late { run(number, nil) }
        return results.withLock { results in (0..<count).compactMap { results[$0] } }
    }
}
