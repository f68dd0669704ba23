internal import Catalog
internal import StoreFormat
internal import Support

/// One backup of one set of sources to one store.
///
/// Nothing at the destination is ever changed or removed: data volumes, index volumes and at last the filelist are
/// added. The catalog learns of a volume when it is there, and of the version when all of it is; a run that dies at any
/// instant leaves to the next one what had been uploaded, and what of the sources that is.
public struct BackupRun: Sendable {
    private let store: Store
    private let catalogPath: String
    private let request: BackupRequest
    private let lease: LeaseRequest?
    private let problems: ProblemLog
    private let seat: CaptureSeat

    private var cancellation: Cancellation { store.cancellation }

    /// A run, not yet begun.
    /// - Parameters:
    ///   - store: where the backup goes; its progress and cancellation are the run's.
    ///   - catalogPath: the local database of this store; it need not exist.
    ///   - request: what to back up.
    ///   - lease: asks for the right to change the store, which the store then holds until it is released; nil when it
    ///     holds it already.
    ///   - seat: the run's place among others that back the same up at the same time, with the same sources, rules and
    ///     commands in their requests; nil when it is alone.
    ///   - problems: told what went wrong with single entries.
    public init(
        store: Store, catalogPath: String, request: BackupRequest, lease: LeaseRequest? = nil,
        seat: CaptureSeat? = nil, problems: ProblemLog = ProblemLog()
    ) {
        self.store = store
        self.catalogPath = catalogPath
        self.request = request
        self.lease = lease
        self.seat = seat ?? Capture(backups: 1).seat(0)
        self.problems = problems
    }

    /// Runs to the end, on threads of its own; blocks the calling thread.
    public func run() throws(EngineError) -> BackupSummary {
        defer { seat.leave() }
        do {
            do {
                return try perform(at: seat)
            } catch EngineError.catalog(.damaged), CatalogError.damaged {
                // It is set aside and built anew by the second attempt, which takes over what the first had sent. When
                // the others have gone on by then, it reads by itself.
                return try perform(at: seat.isFree ? seat : seat.capture.alone().seat(0))
            }
        } catch {
            throw EngineError(error, doing: "back up")
        }
    }

    private func perform(at seat: CaptureSeat) throws -> BackupSummary {
        let prepared = try BackupPreparation(
            store: store, catalogPath: catalogPath, request: request, lease: lease, problems: problems,
            isShared: seat.capture.isShared
        ).run()
        let context = prepared.context
        var summary = prepared.summary
        let stop: @Sendable () -> Void = { seat.capture.stop() }
        return try cancellation.whileStoppable(stop) {
            try prepared.begin()
            let (reading, unfinished) = try read(prepared, at: seat)
            try cancellation.check()
            summary.isPartial = reading.stop.isPartial
            let made = try VersionMaker(
                context: context, unfinished: unfinished, isPartial: summary.isPartial,
                commonTime: reading.commonTime
            ).run()
            summary.version = made.version
            summary.findings = made.findings
            summary.storedBytes = made.listing.totalSize
            summary.versions = made.listing.dlists.count
            summary.count(reading, context)
            return summary
        }
    }

    /// Waits for the turn, and records what is read until all of it is stored.
    private func read(
        _ prepared: BackupPreparation.Outcome, at seat: CaptureSeat
    ) throws -> (CaptureReading, UnfinishedRun) {
        let context = prepared.context
        var unfinished = prepared.unfinished
        // Stages that wait for each other in queues do not look at the flag.
        let end: @Sendable () -> Void = {
            context.pipeline.fail(EngineError.cancelled)
            context.turn.close()
        }
        return try cancellation.whileWatching(end) {
            let reading = try seat.enter(context)
            do {
                if let time = reading.commonTime {
                    unfinished.started = time
                    try context.catalog.write { try unfinished.keep($0) }
                }
                try ChangeRecorder(context: context, version: unfinished.version).run()
            } catch {
                context.pipeline.fail(error)
            }
            context.pipeline.join()
            seat.capture.leave(reading)
            try context.pipeline.check()
            // What fails the common stages reaches the pipelines of all backups, but maybe a moment later.
            try reading.pipeline.check()
            return (reading, unfinished)
        }
    }
}

extension BackupSummary {
    /// Takes over what a reading saw, and what of it was new to a backup.
    fileprivate mutating func count(_ reading: CaptureReading, _ context: BackupContext) {
        let (seen, counters) = (reading.seen, context.counters)
        files = seen.files + counters.streams.value
        folders = seen.folders
        symlinks = seen.symlinks
        bytes = seen.bytes + Int64(counters.streamBytes.value)
        tooLarge = seen.tooLarge
        added = counters.added.value
        modified = counters.modified.value
        removed = counters.removed.value
        opened = counters.opened.value
        bytesRead = Int64(counters.bytesRead.value)
        unreadable = counters.unreadable.value
        uploadedBytes = Int64(counters.uploadedBytes.value)
        uploadedObjects = counters.uploadedObjects.value
        capture = reading.summary
    }
}
