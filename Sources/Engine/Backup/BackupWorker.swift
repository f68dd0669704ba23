internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Reads, hashes and packs what may have changed; one worker per core, each with buffers of its own.
final class BackupWorker {
    private let settings: StoreSettings
    private let streams: CaptureStreams
    private let stop: StopSwitch
    private let lanes: WorkerLanes
    private let storer: BlockStorer
    private let entries: EntryStorer
    private let fileHasher: HashContext
    private let contentHash: BlockwiseHash
    private let buffer: BlockBuffer

    init(_ reading: CaptureReading) {
        settings = reading.settings
        streams = reading.streams
        stop = reading.stop
        entries = EntryStorer(reading)
        lanes = entries.lanes
        storer = entries.storer
        fileHasher = HashContext(settings.fileHash)
        contentHash = BlockwiseHash(block: settings.blockHash, file: settings.fileHash)
        buffer = BlockBuffer(capacity: settings.blockSize)
    }

    /// Works until the queue ends.
    func run() throws {
        while let work = streams.work.pop() {
            switch work {
            case .folder(let batch): try examine(batch)
            case .block(let file, let position, let block, let digest):
                store(block, digest, of: file, position: position)
            }
            lanes.flushSome()
        }
        lanes.flush()
    }

    // MARK: Entries

    private func examine(_ batch: FolderBatch) throws {
        let listing = batch.listing
        var folder: Int32 = -1
        defer { if folder >= 0 { Glibc.close(folder) } }
        try batch.forEachEntry { group in
            guard lanes.isWanted(group), !stop.leavesOut() else { return }
            guard let metadata = try entries.storeMetadata(of: group, in: listing) else { return }
            let entry = listing.entries[group[0].index]
            guard let changed = entries.touchUnchanged(group, in: listing, metadata) else { return }
            let references = Self.references(metadata, of: group, in: changed)
            guard entry.kind == .file else {
                entries.record(empty: changed, in: listing, metadata: references)
                return
            }
            do throws(SystemError) {
                if folder < 0 { folder = try FolderDescriptor.open(listing) }
            } catch {
                try entries.leaveOut(changed, in: listing, error)
                return
            }
            try read(entry, changed, in: listing, folder: folder, metadata: references)
        }
    }

    /// The references of those that are left of a group.
    static func references(
        _ metadata: PerTarget<MetadataStorer.Stored>, of group: PerTarget<Candidate>, in rest: PerTarget<Candidate>
    ) -> PerTarget<ContentReference> {
        var position = 0
        return rest.map { candidate in
            while group[position].target != candidate.target { position += 1 }
            return metadata[position].reference
        }
    }

    private func read(
        _ entry: WalkEntry, _ group: PerTarget<Candidate>, in listing: FolderListing, folder: Int32,
        metadata: PerTarget<ContentReference>
    ) throws {
        lanes.countOpened(for: group)
        let isCompressible = !IncompressibleNames.contains(listing.name(of: entry))
        do throws(SystemError) {
            let source = try listing.withSourceFile(entry, folder: folder)
            if source.size <= Int64(settings.blockSize) {
                buffer.count = try source.file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<Int(source.size)]))
                let hasChanged = buffer.count > 0 && source.hasChanged()
                storeWhole(
                    group, in: listing, isCompressible: isCompressible, metadata: metadata, hasChanged: hasChanged)
            } else {
                var builder = ContentBuilder(settings: settings, stores: group.count)
                while builder.size < source.size {
                    let wanted = min(settings.blockSize, Int(source.size - builder.size))
                    buffer.count = try source.file.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<wanted]))
                    if buffer.count == 0 { break }
                    add(to: &builder, group, isCompressible: isCompressible)
                }
                let hasChanged = source.hasChanged()
                entries.finish(
                    &builder, of: group, in: listing, metadata: metadata, hash: contentHash.finish(),
                    hasChanged: hasChanged)
            }
        } catch {
            _ = contentHash.finish()
            try entries.leaveOut(group, in: listing, error)
        }
    }

    // MARK: Content

    private func storeWhole(
        _ group: PerTarget<Candidate>, in listing: FolderListing, isCompressible: Bool,
        metadata: PerTarget<ContentReference>, hasChanged: Bool
    ) {
        lanes.count(bytes: buffer.count, for: group)
        guard buffer.count > 0 else {
            entries.record(empty: group, in: listing, metadata: metadata, isUnsettled: hasChanged)
            return
        }
        let (ids, digest) = storer.store(buffer.filled, for: group, isCompressible: isCompressible)
        var builder = ContentBuilder(settings: settings, stores: group.count)
        builder.add(ids, digest: digest, size: buffer.count) { entries.storeList($0, for: group) }
        entries.finish(
            &builder, of: group, in: listing, metadata: metadata,
            hash: settings.hashesAreShared ? digest : fileHasher.hash(buffer.filled), hasChanged: hasChanged)
    }

    private func add(to builder: inout ContentBuilder, _ group: PerTarget<Candidate>, isCompressible: Bool) {
        lanes.count(bytes: buffer.count, for: group)
        let digest = contentHash.add(buffer.filled)
        let ids = storer.store(buffer.filled, digest: digest, for: group, isCompressible: isCompressible)
        builder.add(ids, digest: digest, size: buffer.count) { entries.storeList($0, for: group) }
    }

    // MARK: Blocks of large files

    private func store(_ block: BlockBuffer, _ digest: Digest, of file: LargeFile, position: Int) {
        let group = file.opening.group
        let ids = storer.store(
            block.filled, digest: digest, for: group, isCompressible: file.opening.isCompressible)
        let size = block.count
        streams.buffers.give(block)
        lanes.count(bytes: size, for: group)
        let piece = LargeFile.Block(ids: ids, digest: digest, size: size)
        if let whole = file.add(piece, at: position, storeList: { entries.storeList($0, for: group) }) {
            entries.complete(file, whole)
        }
    }
}

extension EntryStorer {
    /// Takes the content of a large file, all of whose blocks are stored.
    func complete(_ file: LargeFile, _ whole: LargeFile.Finished) {
        let opening = file.opening
        if let takeFinished = opening.takeFinished { return takeFinished(whole) }
        var content = whole.content
        finish(
            &content, of: opening.group, in: opening.listing, metadata: opening.metadata, hash: whole.end.hash,
            hasChanged: whole.end.isUnsettled)
    }
}

extension FolderListing {
    /// An entry's path for people.
    func text(of entry: WalkEntry) -> String {
        String(decoding: path(of: entry), as: UTF8.self)
    }

    /// Opens an entry for reading.
    func withSourceFile(_ entry: WalkEntry, folder: Int32) throws(SystemError) -> SourceFile {
        let name = Array(name(of: entry)) + [0]
        return try SourceFile.open(name, in: folder, followsLinks: followsLinks)
    }
}

/// Opens folders as starting points for their entries.
enum FolderDescriptor {
    /// A descriptor of a folder that the walk has seen, without following a link that took its place, unless links
    /// are to be followed.
    static func open(_ listing: FolderListing) throws(SystemError) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (listing.followsLinks ? 0 : O_NOFOLLOW)
        let folder = try SystemPath.with(listing.path.isEmpty ? [UInt8(ascii: "/")] : listing.path) {
            Glibc.open($0, flags)
        }
        guard folder >= 0 else { throw SystemError("open") }
        return folder
    }
}
