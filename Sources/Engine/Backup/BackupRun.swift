internal import Catalog
internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support
internal import Synchronization

/// One backup of one set of sources to one store.
///
/// Nothing at the destination is ever changed or removed: data volumes, index volumes and at last the filelist are
/// added. The catalog learns of a volume when it is there, and of the version when all of it is; a run that dies at any
/// instant leaves to the next one what had been uploaded, and what of the sources that is.
public struct BackupRun {
    private let store: Store
    private let catalogPath: String
    private let request: BackupRequest
    private let lease: LeaseRequest?
    private let problems: ProblemLog

    private var progress: RunProgress { store.progress }
    private var cancellation: Cancellation { store.cancellation }

    /// A run, not yet begun.
    /// - Parameters:
    ///   - store: where the backup goes; its progress and cancellation are the run's.
    ///   - catalogPath: the local database of this store; it need not exist.
    ///   - request: what to back up.
    ///   - lease: asks for the right to change the store, which the store then holds until it is released; nil when it
    ///     holds it already.
    ///   - problems: told what went wrong with single entries.
    public init(
        store: Store, catalogPath: String, request: BackupRequest, lease: LeaseRequest? = nil,
        problems: ProblemLog = ProblemLog()
    ) {
        self.store = store
        self.catalogPath = catalogPath
        self.request = request
        self.lease = lease
        self.problems = problems
    }

    /// Runs to the end, on threads of its own; blocks the calling thread.
    public func run() throws(EngineError) -> BackupSummary {
        do {
            do {
                return try perform()
            } catch EngineError.catalog(.damaged), CatalogError.damaged {
                // It is set aside and built anew by the second attempt, which takes over what the first had sent.
                return try perform()
            }
        } catch {
            throw EngineError(error, doing: "back up")
        }
    }

    private func perform() throws -> BackupSummary {
        let started = store.now()
        progress.phase = .preparing
        try SourceCheck(request: request).run()
        try prepareDestination()
        if let lease {
            store.hold(
                try Lease.acquire(
                    at: store.destination, prefix: store.prefix, passphrase: store.passphrase, lease,
                    retry: store.retry, cancellation: cancellation))
        }
        let listed = try store.list()
        let begun = ContinuousClock.now
        let snapshot = try CatalogSnapshot.fetch(to: catalogPath, from: store, listing: listed, problems: problems)
        let (catalog, outcome) = try CatalogSync.bringUpToDate(
            path: catalogPath, store: store, listing: listed, problems: problems)
        // Without what does not belong, such as unencrypted objects in an encrypted store.
        var listing = outcome.listing
        try SupersededList.finish(catalog, store, listing)
        try checkClock(listing)
        // A store that has nothing yet has no settings either, whatever a first attempt may have kept.
        let existing = outcome.action == .created ? nil : try catalog.read { try StoreProperties(from: $0) }
        let plan = try StorePlan(request.options, existing: existing, listing: listing, store: store)
        var summary = BackupSummary()
        summary.catalogSnapshot = snapshot
        summary.catalogDuration = ContinuousClock.now - begun
        summary.catalogWasRebuilt = outcome.action == .rebuilt
        summary.leftoversWereAdopted = outcome.action == .adopted
        if let recovered = try InterruptedVersion.publish(
            from: catalog, store: store, settings: plan.settings, encryption: plan.encryption, prefix: plan.prefix,
            listing: listing)
        {
            summary.recoveredVersion = recovered.time
            listing = recovered.listing
        }
        let identifiers = try catalog.read { try $0.nextIdentifiers() }
        let pipeline = Pipeline()
        let workers = request.options.threads ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let context = BackupContext(
            store: store, settings: plan.settings, encryption: plan.encryption, prefix: plan.prefix,
            volumeSize: request.options.volumeSize, compressionLevel: request.options.compressionLevel,
            started: started, temporaryFolder: store.temporaryFolder,
            streams: BackupStreams(pipeline, settings: plan.settings, workers: workers),
            counters: BackupCounters(nextContent: identifiers.content, nextVolume: identifiers.volume),
            problems: problems, progress: progress, cancellation: cancellation, ownerNames: OwnerNames(),
            stop: StopSwitch(cancellation))
        let unfinished = UnfinishedRun(first: identifiers, started: started)
        let walked = Mutex(WalkSummary())
        let walker = makeWalker(threads: workers)
        var result = listing
        do {
            let endWalk: @Sendable () -> Void = { walker.cancel() }
            try cancellation.whileStoppable(endWalk) {
                try catalog.write { writer in
                    if existing == nil { try plan.record(in: writer, passphrase: store.passphrase) }
                    try OrphanDescriber(context: context).run(outcome.orphans, writer)
                    try unfinished.keep(writer)
                }
                // Stages that wait for each other in queues do not look at the flag.
                try cancellation.whileWatching({ pipeline.fail(EngineError.cancelled) }) {
                    try start(pipeline, context, catalog, walker, unfinished, listing, workers: workers) { seen in
                        walked.withLock { $0 = seen }
                    }
                    var isRecorded = false
                    while !isRecorded {
                        isRecorded = try catalog.write { try record(context, $0, version: unfinished.version) }
                    }
                    pipeline.join()
                }
                try pipeline.check()
                try cancellation.check()
                summary.isPartial = context.stop.isPartial
                result = try finish(unfinished, context, catalog, listing, &summary)
            }
        } catch {
            pipeline.fail(error)
            pipeline.join()
            // A stage that only noticed that the others had ended knows less than the one that failed first.
            try pipeline.check()
            throw error
        }
        complete(&summary, walked.withLock { $0 }, context)
        summary.storedBytes = result.totalSize
        summary.versions = result.dlists.count
        return summary
    }

    /// Makes the destination's folder for a first run; later a folder that is gone means that something is not mounted.
    private func prepareDestination() throws {
        let isFirstRun = access(catalogPath, F_OK) != 0
        do throws(DestinationError) {
            try store.destination.prepare(create: isFirstRun)
        } catch {
            throw EngineError.destination(error)
        }
    }

    // MARK: Stages

    private func makeWalker(threads: Int) -> TreeWalker {
        TreeWalker(
            sources: request.sources.map { Array($0.utf8) }, filter: request.filter,
            ownPaths: (request.ownPaths + [catalogPath, catalogPath + "-wal", catalogPath + "-shm"]
                + request.streams.map(\.path)).map { Array($0.utf8) },
            policy: request.policy, threads: threads)
    }

    private func start(
        _ pipeline: Pipeline, _ context: BackupContext, _ catalog: Catalog, _ walker: TreeWalker,
        _ unfinished: UnfinishedRun, _ listing: StoreListing, workers: Int,
        walked: @escaping @Sendable (WalkSummary) -> Void
    ) throws {
        progress.phase = .backingUp
        let streams = context.streams
        let (problems, progress, cancellation, request) = (problems, progress, cancellation, request)
        let stop = context.stop
        pipeline.onFailure { walker.cancel() }
        try pipeline.stage("walk") {
            let summary = walker.walk(
                deliver: { listing in
                    if stop.leavesOut() { return false }
                    progress.addEntries(listing.entries.count)
                    return !cancellation.isCancelled && streams.listings.push(listing)
                },
                report: { problem in
                    switch request.judge(problem) {
                    case .reported: break
                    case .ignored: return
                    case .fatal(let error): return pipeline.fail(error)
                    }
                    problems.add(Problem(problem))
                    context.counters.unreadable.add()
                })
            try cancellation.check()
            if summary.isCancelled { stop.markPartial() }
            progress.setTotals(entries: summary.files + summary.folders + summary.symlinks, bytes: 0)
            walked(summary)
        } atEnd: {
            streams.listings.close()
        }
        // The queues for work and for changes close after the last of the stages that fill them.
        let commands = request.streams.isEmpty ? 0 : 1
        let workEnds = Countdown(2 + commands) { streams.work.close() }
        let changesEnd = Countdown(4 + commands) { streams.changes.close() }
        let streamJobs = try startCommands(pipeline, context) {
            workEnds.countDown()
            changesEnd.countDown()
        }
        try pipeline.stage("detect") {
            try catalog.read { reader in
                let detector = try ChangeDetector(
                    reader, nextFolder: unfinished.first.folder, output: streams, counters: context.counters,
                    digestLength: context.settings.blockHash.digestLength,
                    lost: try LostContents(reader, listing: listing, settings: context.settings))
                if let streamJobs { try detector.send(request.streams, to: streamJobs) }
                streamJobs?.close()
                while let listing = streams.listings.pop() {
                    if !stop.leavesOut() { try detector.examine(listing) }
                }
                try detector.finish(isPartial: stop.isPartial)
            }
        } atEnd: {
            streams.largeFiles.close()
            streamJobs?.close()
            workEnds.countDown()
            changesEnd.countDown()
        }
        try pipeline.stage("read large") {
            try BackupWorker(context).readLargeFiles()
        } atEnd: {
            workEnds.countDown()
            changesEnd.countDown()
        }
        try pipeline.stage("work", threads: workers) {
            try BackupWorker(context).run()
        } atEnd: {
            streams.packed.close()
            changesEnd.countDown()
        }
        try pipeline.stage("pack") {
            try VolumePacker(context).run()
        } atEnd: {
            streams.volumes.close()
        }
        try pipeline.stage("upload", threads: max(1, request.options.concurrentUploads)) {
            try VolumeUploader(context: context).run()
        } atEnd: {
            changesEnd.countDown()
        }
    }

    /// Starts the stage that reads the output of commands, if there are any.
    private func startCommands(
        _ pipeline: Pipeline, _ context: BackupContext, atEnd: @escaping @Sendable () -> Void
    ) throws -> BoundedQueue<StreamJob>? {
        guard !request.streams.isEmpty else { return nil }
        let jobs = pipeline.queue(of: StreamJob.self, capacity: request.streams.count)
        let finished = pipeline.queue(of: LargeFile.Finished.self, capacity: 1)
        try pipeline.stage("read commands") {
            try StreamReader(context, finished: finished, isFailed: { pipeline.hasFailed }).run(jobs)
        } atEnd: {
            atEnd()
        }
        return jobs
    }

    // MARK: Catalog and version

    /// Takes in what the stages found, until they have ended or a portion is worth keeping.
    ///
    /// What is committed in portions, each after a volume that is safe at the destination, is what an interrupted run
    /// leaves to the next one.
    /// - Returns: whether the stages have ended.
    private func record(
        _ context: BackupContext, _ writer: borrowing CatalogWriter, version: Int64
    ) throws -> Bool {
        let begun = ContinuousClock.now
        while let changes = context.streams.changes.pop() {
            var hasVolume = false
            for change in changes {
                switch change {
                case .addFolder(let id, let path):
                    try path.withUnsafeBytes { try writer.addFolder(id, path: $0) }
                case .open(let entry, let folder, let replaces):
                    if replaces { try writer.close(entry.name, in: folder, until: version) }
                    try writer.open(entry, in: folder, since: version)
                case .close(let name, let folder):
                    try writer.close(name, in: folder, until: version)
                case .touch(let name, let folder, let modified, let changed):
                    try writer.touch(name, in: folder, modified: modified, changed: changed)
                case .content(let content):
                    try writer.add(content)
                case .volumes(let volumes, let blocks):
                    hasVolume = true
                    for volume in volumes { try writer.put(volume) }
                    for block in blocks { try writer.add(block) }
                    for dblock in volumes where dblock.kind == .dblock {
                        for dindex in volumes where dindex.kind == .dindex {
                            try writer.addDescription(of: dblock.id, in: dindex.id)
                        }
                    }
                }
            }
            if hasVolume, ContinuousClock.now - begun >= request.options.commitInterval { return false }
        }
        return true
    }

    /// Sends the filelist, the last object of a run, unless there is nothing new to say, and makes the version.
    /// - Returns: what the destination lists at the end.
    private func finish(
        _ unfinished: UnfinishedRun, _ context: BackupContext, _ catalog: Catalog, _ listing: StoreListing,
        _ summary: inout BackupSummary
    ) throws -> StoreListing {
        if !summary.isPartial {
            summary.findings = try ExpectationCheck(request.expectations).run(unfinished, catalog)
        }
        var list: UnfinishedRun.AnnouncedList?
        if try isVersionDue(context, catalog, isPartial: summary.isPartial) {
            progress.phase = .finishing
            if summary.isPartial {
                try catalog.write { try $0.endStatesBelowEndedFolders(of: unfinished.version) }
            }
            let sender = VersionSender(
                store: store, settings: context.settings, encryption: context.encryption, prefix: context.prefix,
                temporaryFolder: context.temporaryFolder, upload: { try context.upload($0) })
            list = try sender.send(unfinished, isFull: !summary.isPartial, from: catalog, listing: listing)
        }
        let result = context.counters.uploaded.isEmpty ? listing : try store.list()
        try confirm(result, context)
        try catalog.write { writer in
            try updateLosses(writer)
            if let list { try unfinished.makeVersion(list, writer) } else { try UnfinishedRun.forget(writer) }
        }
        summary.version = list?.name.time
        return result
    }

    /// Whether something has changed, or the newest version is not the whole truth although it could be.
    private func isVersionDue(_ context: BackupContext, _ catalog: Catalog, isPartial: Bool) throws -> Bool {
        let counters = context.counters
        if counters.added.value + counters.modified.value + counters.removed.value > 0 { return true }
        return try !isPartial && catalog.read { try $0.versions().last?.isFull != true }
    }

    /// What was sent must also be listed, in full size, before the catalog believes in it.
    private func confirm(_ listing: StoreListing, _ context: BackupContext) throws {
        var sizes: [String: Int64?] = [:]
        for item in listing.items { sizes[item.name.text] = item.size }
        let missing = context.counters.uploaded.filter { name, size in
            guard let listed = sizes[name] else { return true }
            guard let listed else { return false }
            return listed != size
        }
        guard missing.isEmpty else {
            throw EngineError.uploadNotListed(missing.keys.sorted(), destination: store.destination.label)
        }
    }

    /// Forgets that blocks are lost once all of them are stored again.
    private func updateLosses(_ writer: borrowing CatalogWriter) throws {
        guard try writer.reading({ try $0.property(LostContents.property) }) != nil else { return }
        var isComplete = true
        try writer.reading { reader in
            try reader.forEachBlock { _, _, _, volume in if volume == 0 { isComplete = false } }
        }
        if isComplete { try writer.removeProperty(LostContents.property) }
    }

    /// Versions are named by the time they were made; a clock that is behind would put new ones before old ones.
    private func checkClock(_ listing: StoreListing) throws {
        guard let newest = listing.dlists.first?.name.time else { return }
        guard newest.seconds - store.now().seconds <= Self.toleratedClockSkew else {
            throw EngineError.clockBehind(newest: newest, destination: store.destination.label)
        }
    }

    /// Seconds that the newest version may be ahead of the clock.
    private static let toleratedClockSkew: Int64 = 5

    private func complete(_ summary: inout BackupSummary, _ walked: WalkSummary, _ context: BackupContext) {
        let counters = context.counters
        summary.files = walked.files + counters.streams.value
        summary.folders = walked.folders
        summary.symlinks = walked.symlinks
        summary.bytes = walked.bytes + Int64(counters.streamBytes.value)
        summary.tooLarge = walked.tooLarge
        summary.added = counters.added.value
        summary.modified = counters.modified.value
        summary.removed = counters.removed.value
        summary.opened = counters.opened.value
        summary.bytesRead = Int64(counters.bytesRead.value)
        summary.unreadable = counters.unreadable.value
        summary.uploadedBytes = Int64(counters.uploadedBytes.value)
        summary.uploadedObjects = counters.uploadedObjects.value
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
