internal import Catalog
internal import Destinations
internal import StoreFormat
internal import Support
internal import Synchronization

/// The threads of a restore: one fetches volumes in order, the others write what is in them.
final class RestorePipeline: Sendable {
    private let session: StoreSession
    private let state: RestoreState
    private let problems: ProblemLog
    private let threads: Int
    private let failure = Mutex<EngineError?>(nil)

    init(session: StoreSession, state: RestoreState, problems: ProblemLog, threads: Int) {
        self.session = session
        self.state = state
        self.problems = problems
        self.threads = threads
    }

    /// Restores the contents of the plan, and of blocks that do not come from their volume, those that are in another.
    func run() throws {
        var tried: [Int64: Set<Int64>] = [:]
        state.miss(state.plan.lost, in: 0, "no object has all of its blocks")
        var plan = state.plan
        while true {
            try run(plan)
            let missed = state.takeMissed()
            guard !missed.isEmpty else { return }
            for missed in missed { tried[missed.use.block, default: []].insert(missed.volume) }
            let homes = try session.catalog.read { reader in try OtherHomes(reader, tried: tried).homes }
            for missed in missed where homes[missed.use.block] == nil { state.giveUp(missed) }
            plan = BlockPlan(retrying: missed.map(\.use), in: homes, of: state.plan)
        }
    }

    private func run(_ plan: BlockPlan) throws {
        guard !plan.volumes.isEmpty else { return }
        let jobs = BoundedQueue<VolumeJob>(capacity: 1)
        let volumes = try session.catalog.read { reader in
            Dictionary(uniqueKeysWithValues: try reader.volumes().map { ($0.id, $0) })
        }
        var workers: [WorkerThread] = []
        defer {
            jobs.cancel()
            for worker in workers { worker.join() }
        }
        for _ in 0..<threads {
            workers.append(try WorkerThread("restore") { [self] in work(jobs) })
        }
        do {
            for planned in plan.volumes {
                try session.store.cancellation.check()
                guard let volume = volumes[planned.id] else {
                    state.miss(plan.uses[planned.uses], in: planned.id, "the catalog does not name its object")
                    continue
                }
                try fetch(planned, volume, plan, jobs)
                if hasFailed { break }
            }
            jobs.close()
        } catch {
            stop(EngineError(error, doing: "restore"), jobs)
        }
        for worker in workers { worker.join() }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private var hasFailed: Bool { failure.withLock { $0 != nil } }

    private func stop(_ error: EngineError, _ jobs: BoundedQueue<VolumeJob>) {
        failure.withLock { if $0 == nil { $0 = error } }
        jobs.cancel()
    }

    // MARK: Fetching

    private func fetch(
        _ planned: BlockPlan.Volume, _ volume: CatalogVolume, _ plan: BlockPlan, _ jobs: BoundedQueue<VolumeJob>
    ) throws {
        let source: BlockSource
        do throws(EngineError) {
            // Blocks are verified one by one, so a damaged object still gives back what is right in it.
            source = try session.store.openBlocks(volume, settings: state.settings)
        } catch {
            guard error.concernsOneObject else { throw error }
            problems.add(Problem(.damaged, volume.name, error.faultOfObject))
            state.miss(plan.uses[planned.uses], in: planned.id, "\(volume.name) is missing or damaged")
            return
        }
        if let fault = source.fault { problems.add(Problem(.damaged, volume.name, "is damaged: \(fault)")) }
        let blocks = try session.catalog.read { reader in try plan.blocks(of: planned, reader) }
        let job = VolumeJob(source: source, volume: planned.id, plan: plan, blocks: blocks)
        // Every worker gets each volume, so with one place none is opened before the last one is in every hand.
        for _ in 0..<threads { jobs.push(job) }
    }

    // MARK: Writing

    private func work(_ jobs: BoundedQueue<VolumeJob>) {
        do {
            let writer = try ContentWriter(state, session)
            while let job = jobs.pop() {
                while true {
                    let blocks = job.take()
                    if blocks.isEmpty { break }
                    try writer.restore(blocks, of: job)
                    if session.store.cancellation.isCancelled { throw EngineError.cancelled }
                }
                writer.leaveVolume()
            }
        } catch {
            stop(EngineError(error, doing: "write to the target"), jobs)
        }
    }
}
