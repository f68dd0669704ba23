internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Runs the commands of streams one after the other, and leaves the blocks of their output to the workers.
///
/// A command runs once, however many backups get its output. Nothing is stored under the path before the command has
/// ended well: blocks that came before are in no version.
final class StreamReader {
    private let reading: CaptureReading
    private let settings: StoreSettings
    private let streams: CaptureStreams
    private let entries: EntryStorer
    private let lanes: WorkerLanes
    private let contentHash: BlockwiseHash
    private let metadataStorer: MetadataStorer
    private let finished: BoundedQueue<LargeFile.Finished>

    /// - Parameters:
    ///   - reading: what the streams belong to.
    ///   - finished: where the workers leave a content when they have its last block.
    init(_ reading: CaptureReading, finished: BoundedQueue<LargeFile.Finished>) {
        self.reading = reading
        self.finished = finished
        settings = reading.settings
        streams = reading.streams
        entries = EntryStorer(reading)
        lanes = entries.lanes
        contentHash = BlockwiseHash(block: settings.blockHash, file: settings.fileHash)
        metadataStorer = MetadataStorer(settings, lanes, storer: entries.storer)
    }

    /// Reads streams until the queue ends.
    func run(_ jobs: BoundedQueue<StreamJob>) throws {
        while let job = jobs.pop() {
            let group = job.group
            if reading.stop.leavesOut() || !lanes.isWanted(group) { continue }
            lanes.countOpened(for: group)
            for target in reading.targets { target.progress.addEntries(1) }
            let whole: LargeFile.Finished
            do {
                whole = try content(of: job, for: group)
            } catch EngineError.cancelled where reading.stop.endsReading && !reading.pipeline.hasFailed {
                // A run that stops in good order keeps what the version before has of this command.
                reading.stop.markPartial()
                continue
            }
            record(whole, of: job, for: group)
            for position in 0..<group.count {
                let counters = lanes[group[position].target].target.counters
                counters.streams.add()
                counters.streamBytes.add(Int(whole.end.size))
            }
        }
    }

    // MARK: Content

    private func content(of job: StreamJob, for group: PerTarget<Candidate>) throws -> LargeFile.Finished {
        let finished = finished
        let file = LargeFile(
            .init(
                listing: job.batch.listing, group: group, metadata: group.map { _ in .nothing },
                isCompressible: !IncompressibleNames.contains(job.source.place.name[...]),
                takeFinished: { _ = finished.push($0) }),
            settings: settings)
        let (pipeline, stop) = (reading.pipeline, reading.stop)
        let isStopped = { pipeline.hasFailed || stop.endsReading }
        let command: any StreamOutput = try job.source.open?() ?? StreamCommand(job.source)
        defer { command.stop() }
        var size: Int64 = 0
        do {
            while true {
                guard let block = streams.buffers.take() else { throw EngineError.cancelled }
                block.count = 0
                do {
                    block.count = try command.read(into: block.bytes, isStopped: isStopped)
                } catch {
                    streams.buffers.give(block)
                    throw error
                }
                guard block.count > 0 else {
                    streams.buffers.give(block)
                    break
                }
                size += Int64(block.count)
                let digest = contentHash.add(block.filled)
                guard streams.work.push(.block(file, position: file.announce(), block, digest)) else {
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

    private func record(_ whole: LargeFile.Finished, of job: StreamJob, for group: PerTarget<Candidate>) {
        var content = whole.content
        content.finish { entries.storeList($0, for: group) }
        var position = 0
        let found = group.map { candidate in
            defer { position += 1 }
            return Found(
                candidate, data: entries.reference(to: content, at: position, candidate, hash: whole.end.hash),
                size: content.size)
        }
        // The same content keeps its time, so that a dump in which nothing has changed makes no new version; a store
        // that missed it gets the time that another one has. Whole seconds, as file lists have them: a catalog that is
        // made from one has the same time.
        var time: Int64?
        for position in 0..<found.count { time = time ?? found[position].keptTime }
        for position in 0..<found.count {
            record(
                found[position], of: job,
                modified: found[position].keptTime ?? time ?? reading.started.seconds * 1_000_000_000)
        }
        lanes.flush()
    }

    /// The output of a command beside what a catalog has of it.
    private struct Found {
        let candidate: Candidate
        let previous: CatalogEntry?
        let data: ContentReference
        let size: Int64

        init(_ candidate: Candidate, data: ContentReference, size: Int64) {
            self.candidate = candidate
            self.data = data
            self.size = size
            previous = candidate.previous.flatMap { $0.kind == .file ? $0 : nil }
        }

        /// The time of the same content in the version before.
        var keptTime: Int64? {
            guard let previous, previous.data == data, previous.size == size else { return nil }
            return previous.modified
        }
    }

    private func record(_ found: Found, of job: StreamJob, modified: Int64) {
        let candidate = found.candidate
        let lane = lanes[candidate.target]
        let metadata = metadataStorer.store(metadata(of: job, modified: modified), for: PerTarget(candidate))[0]
        let entry = CatalogEntry(
            name: job.source.place.name, kind: .file, size: found.size, modified: modified,
            changed: CatalogEntry.unsettled, data: found.data, metadata: metadata.reference)
        if let previous = found.previous, found.keptTime != nil, previous.metadata == entry.metadata { return }
        let counters = lane.target.counters
        if candidate.previous == nil { counters.added.add() } else { counters.modified.add() }
        lane.add(.open(entry, folder: candidate.folder, replaces: candidate.previous != nil))
    }

    /// The file belongs to who runs the command, and nobody else may read it: what a dump holds is not for everybody.
    private func metadata(of job: StreamJob, modified: Int64) -> Metadata {
        let (user, group, mode) = (geteuid(), getegid(), UInt32(0o100600))
        var metadata = Metadata()
        metadata.ownership = Metadata.Ownership(uid: user, gid: group, mode: mode)
        metadata.ownerName = reading.ownerNames.name(ofUser: user)
        metadata.groupName = reading.ownerNames.name(ofGroup: group)
        metadata.attributes = .linux(
            kind: .file, leadsToFolder: false, isHidden: job.source.place.name.first == UInt8(ascii: "."), mode: mode,
            uid: user, gid: group, viewer: .ofProcess())
        metadata.modificationTicks = Timestamp(unixNanoseconds: modified).ticks
        metadata.creationTicks = metadata.modificationTicks
        return metadata
    }
}
