internal import Engine
internal import Support
internal import Synchronization

/// The runs of a job to each of its destinations: at the same time, from one reading of the sources.
///
/// Each is on a thread of its own, and they meet only while the sources are read: before and after that none waits for
/// another one.
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

    private let names: [String]
    private let context: RunContext

    init(_ names: [String], in context: RunContext) {
        self.names = names
        self.context = context
    }

    /// Runs `body` for each destination, and returns when all have ended.
    ///
    /// - Returns: the results in the order of the destinations; of those that were stopped before they began, the first.
    func run(_ body: @escaping @Sendable (String, Part) -> DestinationResult) -> [DestinationResult] {
        let (context, all) = (context, names)
        let names = context.interruption.isRequested ? Array(all.prefix(1)) : all
        guard names.count > 1 else {
            return names.map { body($0, Part(context: context, progress: RunProgress(), seat: nil)) }
        }
        let capture = Capture(backups: names.count)
        let progress = names.map { _ in RunProgress() }
        context.watch(RunProgress(joining: progress))
        defer { context.watch(nil) }
        let results = Mutex<[Int: DestinationResult]>([:])
        let run: @Sendable (Int, CaptureSeat?) -> Void = { number, seat in
            let result = context.interruption.withPart { interruption in
                var part = context
                part.interruption = interruption
                // There is one display, and it shows all of them.
                part.watch = { _ in }
                return body(names[number], Part(context: part, progress: progress[number], seat: seat))
            }
            seat?.leave()
            results.withLock { $0[number] = result }
        }
        var threads: [WorkerThread] = []
        var late: [Int] = []
        for number in names.indices {
            let seat = capture.seat(number)
            do throws(SystemError) {
                threads.append(try WorkerThread("destination") { run(number, seat) })
            } catch {
                // Without a thread to spare it has its turn after the others, with a reading of its own.
                seat.leave()
                late.append(number)
            }
        }
        for thread in threads { thread.join() }
        for number in late { run(number, nil) }
        return results.withLock { results in names.indices.compactMap { results[$0] } }
    }
}
