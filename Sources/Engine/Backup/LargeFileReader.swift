internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Reads large files one after the other, block by block, and leaves the blocks to the workers.
final class LargeFileReader {
    private let settings: StoreSettings
    private let streams: CaptureStreams
    private let stop: StopSwitch
    private let lanes: WorkerLanes
    private let entries: EntryStorer
    private let contentHash: BlockwiseHash

    init(_ reading: CaptureReading) {
        settings = reading.settings
        streams = reading.streams
        stop = reading.stop
        entries = EntryStorer(reading)
        lanes = entries.lanes
        contentHash = BlockwiseHash(block: settings.blockHash, file: settings.fileHash)
    }

    /// Works until the queue ends.
    func run() throws {
        while let batch = streams.largeFiles.pop() {
            try batch.forEachEntry { try read($0, in: batch.listing) }
            lanes.flush()
        }
    }

    private func read(_ group: PerTarget<Candidate>, in listing: FolderListing) throws {
        guard lanes.isWanted(group), !stop.leavesOut() else { return }
        let entry = listing.entries[group[0].index]
        guard let metadata = try entries.storeMetadata(of: group, in: listing) else { return }
        guard let changed = entries.touchUnchanged(group, in: listing, metadata) else { return }
        lanes.countOpened(for: changed)
        let folder: Int32
        do throws(SystemError) {
            folder = try FolderDescriptor.open(listing)
        } catch {
            try entries.leaveOut(changed, in: listing, error)
            return
        }
        defer { Glibc.close(folder) }
        let file = LargeFile(
            .init(
                listing: listing, group: changed,
                metadata: BackupWorker.references(metadata, of: group, in: changed),
                isCompressible: !IncompressibleNames.contains(listing.name(of: entry))),
            settings: settings)
        do throws(SystemError) {
            guard let end = try readBlocks(of: file, entry, folder: folder) else {
                // The blocks that were read are stored, and the next run finds them.
                _ = contentHash.finish()
                _ = file.end(nil)
                return
            }
            if let whole = file.end(end) { entries.complete(file, whole) }
        } catch {
            _ = contentHash.finish()
            _ = file.end(nil)
            if error.code == ECANCELED { throw EngineError.cancelled }
            try entries.leaveOut(changed, in: listing, error)
        }
    }

    /// Sends the blocks of a file to the workers.
    /// - Returns: `nil` when the file was given up half-way.
    private func readBlocks(
        of file: LargeFile, _ entry: WalkEntry, folder: Int32
    ) throws(SystemError) -> LargeFile.End? {
        let source = try file.opening.listing.withSourceFile(entry, folder: folder)
        var size: Int64 = 0
        while size < source.size {
            if stop.endsReading {
                stop.markPartial()
                return nil
            }
            guard lanes.isWanted(file.opening.group) else { return nil }
            guard let block = streams.buffers.take() else { throw SystemError("read", code: ECANCELED) }
            let wanted = min(settings.blockSize, Int(source.size - size))
            block.count = try source.file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: block.bytes[..<wanted]))
            if block.count == 0 {
                streams.buffers.give(block)
                break
            }
            size += Int64(block.count)
            let digest = contentHash.add(block.filled)
            guard streams.work.push(.block(file, position: file.announce(), block, digest)) else {
                throw SystemError("read", code: ECANCELED)
            }
        }
        return LargeFile.End(size: size, hash: contentHash.finish(), isUnsettled: source.hasChanged())
    }
}
