internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Runs the commands of streams one after the other, and leaves the blocks of their output to the workers.
///
/// Nothing is stored under the path before the command has ended well: blocks that came before are in no version.
final class StreamReader {
    private let context: BackupContext
    private let storer: BlockStorer
    private let contentHash: BlockwiseHash
    private let metadataStorer: MetadataStorer
    private let finished: BoundedQueue<LargeFile.Finished>
    private let isFailed: () -> Bool

    /// - Parameters:
    ///   - context: the run.
    ///   - finished: where the workers leave a content when they have its last block.
    ///   - isFailed: whether the run has failed.
    init(_ context: BackupContext, finished: BoundedQueue<LargeFile.Finished>, isFailed: @escaping () -> Bool) {
        self.context = context
        self.finished = finished
        self.isFailed = isFailed
        storer = BlockStorer(
            settings: context.settings, compressionLevel: context.compressionLevel, packed: context.streams.packed)
        contentHash = BlockwiseHash(block: context.settings.blockHash, file: context.settings.fileHash)
        metadataStorer = MetadataStorer(context, storer: storer)
    }

    /// Reads streams until the queue ends.
    func run(_ jobs: BoundedQueue<StreamJob>) throws {
        while let job = jobs.pop() {
            if context.stop.leavesOut() { continue }
            context.counters.opened.add()
            context.progress.addEntries(1)
            let whole: LargeFile.Finished
            do {
                whole = try content(of: job)
            } catch EngineError.cancelled where context.stop.endsReading && !isFailed() {
                // A run that stops in good order keeps what the version before has of this command.
                context.stop.markPartial()
                continue
            }
            try record(whole, of: job)
            context.counters.streams.add()
            context.counters.streamBytes.add(Int(whole.end.size))
        }
    }

    // MARK: Content

    private func content(of job: StreamJob) throws -> LargeFile.Finished {
        let finished = finished
        let file = LargeFile(
            .init(
                batch: job.batch, candidate: job.candidate, metadata: .nothing,
                isCompressible: !IncompressibleNames.contains(job.source.place.name[...]),
                takeFinished: { _ = finished.push($0) }),
            settings: context.settings)
        let (isFailed, stop) = (isFailed, context.stop)
        let isStopped = { isFailed() || stop.endsReading }
        let command: any StreamOutput = try job.source.open?() ?? StreamCommand(job.source)
        defer { command.stop() }
        var size: Int64 = 0
        do {
            while true {
                guard let block = context.streams.buffers.take() else { throw EngineError.cancelled }
                block.count = 0
                do {
                    block.count = try command.read(into: block.bytes, isStopped: isStopped)
                } catch {
                    context.streams.buffers.give(block)
                    throw error
                }
                guard block.count > 0 else {
                    context.streams.buffers.give(block)
                    break
                }
                size += Int64(block.count)
                let digest = contentHash.add(block.filled)
                guard context.streams.work.push(.block(file, position: file.announce(), block, digest)) else {
                    throw EngineError.cancelled
                }
            }
            try command.finish(isStopped: isStopped)
        } catch {
            _ = contentHash.finish()
            _ = file.end(nil)
            throw error
        }
        let end = LargeFile.End(size: size, hash: contentHash.finish(), isUnsettled: false)
        if let whole = file.end(end) { return whole }
        guard let whole = finished.pop() else { throw EngineError.cancelled }
        return whole
    }

    // MARK: Record

    private func record(_ whole: LargeFile.Finished, of job: StreamJob) throws {
        let candidate = job.candidate
        let settings = context.settings
        let index = job.batch.index
        var content = whole.content
        try content.finish { try storer.store($0, index: index, isList: true).id }
        var changes: [CatalogChange] = []
        let data: ContentReference
        if content.blockCount == 0 {
            data = .nothing
        } else if settings.hashesAreShared, let block = content.onlyBlock {
            data = .block(block)
        } else if let previous = candidate.previous, candidate.previousDataHash == whole.end.hash,
            previous.size == content.size
        {
            data = previous.data
        } else {
            let id = context.counters.newContentID()
            changes.append(
                .content(CatalogContent(id: id, size: content.size, hash: whole.end.hash, lists: content.lists)))
            data = .content(id)
        }
        let previous = candidate.previous.flatMap { $0.kind == .file ? $0 : nil }
        let isAsBefore = previous?.data == data && previous?.size == content.size
        // The same content keeps its time, so that a dump in which nothing has changed makes no new version. Whole
        // seconds, as file lists have them: a catalog that is made from one has the same time.
        let modified = isAsBefore ? previous?.modified ?? 0 : context.started.seconds * 1_000_000_000
        let metadata = try metadataStorer.store(
            metadata(of: job, modified: modified), candidate, index: index
        ) { changes.append($0) }
        let entry = CatalogEntry(
            name: job.source.place.name, kind: .file, size: content.size, modified: modified,
            changed: CatalogEntry.unsettled, data: data, metadata: metadata.reference)
        if let previous, isAsBefore, previous.metadata == entry.metadata {
            // Nothing to say.
        } else {
            if candidate.previous == nil { context.counters.added.add() } else { context.counters.modified.add() }
            changes.append(.open(entry, folder: job.batch.folder, replaces: candidate.previous != nil))
        }
        try storer.flush()
        guard changes.isEmpty || context.streams.changes.push(changes) else { throw EngineError.cancelled }
    }

    /// The file belongs to who runs the command, and nobody else may read it: what a dump holds is not for everybody.
    private func metadata(of job: StreamJob, modified: Int64) -> Metadata {
        let (user, group, mode) = (geteuid(), getegid(), UInt32(0o100600))
        var metadata = Metadata()
        metadata.ownership = Metadata.Ownership(uid: user, gid: group, mode: mode)
        metadata.ownerName = context.ownerNames.name(ofUser: user)
        metadata.groupName = context.ownerNames.name(ofGroup: group)
        metadata.attributes = .linux(
            kind: .file, leadsToFolder: false, isHidden: job.source.place.name.first == UInt8(ascii: "."), mode: mode,
            uid: user, gid: group, viewer: .ofProcess())
        metadata.modificationTicks = Timestamp(unixNanoseconds: modified).ticks
        metadata.creationTicks = metadata.modificationTicks
        return metadata
    }
}
