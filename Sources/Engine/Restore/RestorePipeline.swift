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
    private let jobs: BoundedQueue<VolumeJob>
    private let failure = Mutex<EngineError?>(nil)

    init(session: StoreSession, state: RestoreState, problems: ProblemLog, threads: Int) {
        self.session = session
        self.state = state
        self.problems = problems
        self.threads = threads
        // Every worker gets each volume, so with one place none is fetched before the last one is in every hand.
        jobs = BoundedQueue(capacity: 1)
    }

    /// Restores the contents of the plan.
    func run() throws {
        guard !state.plan.volumes.isEmpty else { return }
        let volumes = try session.catalog.read { reader in
            Dictionary(uniqueKeysWithValues: try reader.volumes().map { ($0.id, $0) })
        }
        var workers: [WorkerThread] = []
        defer {
            jobs.cancel()
            for worker in workers { worker.join() }
        }
        for _ in 0..<threads {
            workers.append(try WorkerThread("restore") { [self] in work() })
        }
        do throws(EngineError) {
            let scratch = BlockScratch(settings: state.settings)
            for planned in state.plan.volumes {
                try session.store.cancellation.check()
                guard let volume = volumes[planned.id] else {
                    fail(planned, "an object that the catalog does not name")
                    continue
                }
                try fetch(planned, volume, scratch)
                if hasFailed { break }
            }
            jobs.close()
        } catch {
            stop(error)
        }
        for worker in workers { worker.join() }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private var hasFailed: Bool { failure.withLock { $0 != nil } }

    private func stop(_ error: EngineError) {
        failure.withLock { if $0 == nil { $0 = error } }
        jobs.cancel()
    }

    // MARK: Fetching

    private func fetch(
        _ planned: BlockPlan.Volume, _ volume: CatalogVolume, _ scratch: BlockScratch
    ) throws(EngineError) {
        guard let name = ObjectName(parsing: volume.name) else {
            fail(planned, volume.name)
            return
        }
        let fetched: FetchedVolume
        do throws(EngineError) {
            // Blocks are verified one by one, so a damaged object still gives back what is right in it.
            fetched = try session.store.fetch(
                name, expecting: ObjectExpectation(size: volume.size, hash: volume.hash), settings: state.settings,
                tolerant: true)
        } catch {
            guard error.concernsOneObject else { throw error }
            problems.add(Problem(.damaged, volume.name, error.faultOfObject))
            fail(planned, volume.name)
            return
        }
        if let fault = fetched.fault { problems.add(Problem(.damaged, volume.name, "is damaged: \(fault)")) }
        var contentBlocks: [Int] = []
        for index in planned.blocks {
            let block = state.plan.blocks[index]
            let uses = state.plan.uses(of: block)
            // Metadata sorts first: its targets are negative.
            if let first = uses.first, first.target < 0 { readMetadata(block, uses, fetched, scratch) }
            if let last = uses.last, last.target >= 0 { contentBlocks.append(index) }
        }
        guard !contentBlocks.isEmpty else { return }
        let job = VolumeJob(volume: fetched, blocks: contentBlocks)
        for _ in 0..<threads { jobs.push(job) }
    }

    private func readMetadata(
        _ block: VolumeJob.Block, _ uses: ArraySlice<BlockPlan.Use>, _ volume: FetchedVolume, _ scratch: BlockScratch
    ) {
        do {
            try volume.reader.withBlock(block.digest, scratch: scratch) { bytes in
                for use in uses where use.target < 0 {
                    state.metadata.receive(bytes, index: ~use.target, position: use.position)
                }
            }
        } catch {
            for use in uses where use.target < 0 { state.metadata.fail(~use.target) }
        }
    }

    private func fail(_ planned: BlockPlan.Volume, _ name: String) {
        for index in planned.blocks {
            for use in state.plan.uses(of: state.plan.blocks[index]) {
                if use.target >= 0 {
                    state.fail(use.target, "\(name) is missing or damaged", .damaged)
                } else {
                    state.metadata.fail(~use.target)
                }
            }
        }
    }

    // MARK: Writing

    private func work() {
        do {
            let writer = try ContentWriter(state)
            while let job = jobs.pop() {
                while true {
                    let blocks = job.take()
                    if blocks.isEmpty { break }
                    for index in blocks { try writer.restore(state.plan.blocks[index], from: job.volume) }
                    if session.store.cancellation.isCancelled { throw EngineError.cancelled }
                }
            }
        } catch {
            stop(EngineError(error, doing: "write to the target"))
        }
    }
}
