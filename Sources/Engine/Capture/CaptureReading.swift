internal import Catalog
internal import StoreFormat
internal import Support
internal import Synchronization

/// One reading of the sources: the stages that work for several backups, and the threads of those that work for one.
///
/// A stage that all need ends all when it fails. What fails in the stages of one backup detaches that backup: its queues
/// take nothing any more, and the others go on; when none is left, the reading ends as well.
final class CaptureReading: Sendable {
    /// Which of the readings of its capture this is, from 1.
    let number: Int
    /// The backups that are fed, all with the same settings; a ``Candidate/target`` is a place in it.
    let targets: [BackupContext]
    let settings: StoreSettings
    /// Before anything was looked at.
    let started: Timestamp
    /// What all versions that are made of it are named by; `nil` when there is just one.
    let commonTime: Timestamp?
    let streams: CaptureStreams
    let stop: StopSwitch
    let ownerNames = OwnerNames()
    let figures = CaptureFigures()
    let pipeline = Pipeline()
    private let request: BackupRequest
    private let workers: Int
    private let walker: TreeWalker
    private let walked = Mutex(WalkSummary())
    /// Backups that have not failed.
    private let attached: Atomic<Int>
    /// Backups that have not left, and the thread that begins.
    private let present: Atomic<Int>

    /// - Parameters:
    ///   - number: counts the readings.
    ///   - targets: one or more backups with the same settings; the first one's request says what is read.
    init(number: Int, targets: [BackupContext]) {
        self.number = number
        self.targets = targets
        request = targets[0].request
        settings = targets[0].settings
        // A reading that had to wait for another one is later than its runs.
        let started = number == 1 ? targets.map(\.started).min() ?? targets[0].started : targets[0].store.now()
        self.started = started
        commonTime =
            targets.count == 1 ? nil : targets.map { $0.listing.nextVersionTime(at: started) }.max() ?? started
        let memory = targets[0].memory
        workers = request.options.threads ?? memory?.workers ?? Processors.count
        streams = CaptureStreams(pipeline, settings: settings, workers: workers, memory: memory)
        stop = StopSwitch(targets.map(\.store.cancellation))
        var own: [String] = []
        for target in targets {
            let catalog = target.catalog.path
            own += target.request.ownPaths + [catalog, catalog + "-wal", catalog + "-shm"]
        }
        walker = TreeWalker(
            sources: request.sources.map { Array($0.utf8) }, filter: request.filter,
            ownPaths: (own + request.streams.map(\.path)).map { Array($0.utf8) }, policy: request.policy,
            threads: workers)
        attached = Atomic(targets.count)
        present = Atomic(targets.count + 1)
    }

    /// What was seen; complete when the stages have ended.
    var seen: WalkSummary { walked.withLock { $0 } }

    /// What was read, for the summary of a backup.
    var summary: CaptureSummary {
        var summary = CaptureSummary()
        summary.number = number
        summary.backups = targets.count
        summary.opened = figures.opened.value
        summary.bytesRead = Int64(figures.bytesRead.value)
        return summary
    }

    /// Ends the walk; what was seen by then is worked on.
    func stopWalk() { walker.cancel() }

    /// Takes a backup, or the thread that began, out.
    /// - Returns: whether it was the last; then all threads have ended.
    func leave() -> Bool {
        guard present.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return false }
        pipeline.join()
        return true
    }

    // MARK: Stages

    /// Starts all stages; what keeps them from starting fails the backups.
    func begin() {
        pipeline.onFailure { [self] in
            guard let error = pipeline.failure else { return }
            for target in targets { target.pipeline.fail(error) }
        }
        pipeline.onFailure { [walker] in walker.cancel() }
        for target in targets {
            target.store.progress.phase = .backingUp
            target.pipeline.onFailure { [self] in
                if attached.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                    pipeline.fail(EngineError.cancelled)
                }
            }
        }
        do {
            try start()
        } catch {
            pipeline.fail(error)
        }
    }

    private func start() throws {
        let streams = streams
        try pipeline.stage("walk") { [self] in
            try walk()
        } atEnd: {
            streams.listings.close()
        }
        // The queues for work and for changes close after the last of the stages that fill them.
        let commands = request.streams.isEmpty ? 0 : 1
        let workEnds = Countdown(2 + commands) { streams.work.close() }
        let changesEnd = targets.map { target in
            Countdown(4 + commands) { target.queues.changes.close() }
        }
        let readerEnds: @Sendable () -> Void = {
            workEnds.countDown()
            for end in changesEnd { end.countDown() }
        }
        let streamJobs = try startCommands(atEnd: readerEnds)
        try pipeline.stage("detect") { [self] in
            try detect(streamJobs)
        } atEnd: {
            streams.largeFiles.close()
            streamJobs?.close()
            readerEnds()
        }
        try pipeline.stage("read large") { [self] in
            try LargeFileReader(self).run()
        } atEnd: {
            readerEnds()
        }
        let targets = targets
        try pipeline.stage("work", threads: workers) { [self] in
            try BackupWorker(self).run()
        } atEnd: {
            for target in targets { target.queues.packed.close() }
            for end in changesEnd { end.countDown() }
        }
        for (target, end) in zip(targets, changesEnd) { start(target, end) }
    }

    /// Starts the stages of one backup.
    private func start(_ target: BackupContext, _ changesEnd: Countdown) {
        do throws(SystemError) {
            try target.pipeline.stage("pack") {
                try VolumePacker(target).run()
            } atEnd: {
                target.queues.volumes.close()
            }
            try target.pipeline.stage("upload", threads: max(1, target.request.options.concurrentUploads)) {
                try VolumeUploader(context: target).run()
            } atEnd: {
                changesEnd.countDown()
            }
        } catch {
            target.pipeline.fail(error)
        }
    }

    /// Starts the stage that reads the output of commands, if there are any.
    private func startCommands(atEnd: @escaping @Sendable () -> Void) throws -> BoundedQueue<StreamJob>? {
        guard !request.streams.isEmpty else { return nil }
        let jobs = pipeline.queue(of: StreamJob.self, capacity: request.streams.count)
        let finished = pipeline.queue(of: LargeFile.Finished.self, capacity: 1)
        try pipeline.stage("read commands") { [self] in
            try StreamReader(self, finished: finished).run(jobs)
        } atEnd: {
            atEnd()
        }
        return jobs
    }

    private func walk() throws {
        let summary = walker.walk(
            deliver: { [self] listing in
                if stop.leavesOut() { return false }
                for target in targets { target.progress.addEntries(listing.entries.count) }
                return !pipeline.hasFailed && streams.listings.push(listing)
            },
            report: { [self] problem in report(problem) })
        if summary.isCancelled { stop.markPartial() }
        for target in targets {
            target.progress.setTotals(entries: summary.files + summary.folders + summary.symlinks, bytes: 0)
        }
        walked.withLock { $0 = summary }
    }

    private func report(_ problem: WalkProblem) {
        switch request.judge(problem) {
        case .reported: break
        case .ignored: return
        case .fatal(let error): return pipeline.fail(error)
        }
        for target in targets { target.note(Problem(problem)) }
    }

    private func detect(_ streamJobs: BoundedQueue<StreamJob>?) throws {
        try ChangeDetector.with(self) { detector in
            if let streamJobs { try detector.send(request.streams, to: streamJobs) }
            streamJobs?.close()
            while let listing = streams.listings.pop() {
                if !stop.leavesOut() { try detector.examine(listing) }
            }
            try detector.finish(isPartial: stop.isPartial)
        }
    }
}

extension Problem {
    /// A problem of the walk, in the words of a run.
    init(_ problem: WalkProblem) {
        let code: Code =
            switch problem.kind {
            case .source, .unsupportedSource, .relativeSource: .sourceMissing
            case .openFolder, .readFolder, .status, .tooLong: .unreadable
            case .vanished: .changedWhileRead
            case .invalidName: .nameNotText
            }
        self.init(code, problem.pathText, problem.message)
    }
}
