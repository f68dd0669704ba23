internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Reads, hashes and packs what may have changed; one worker per core, each with buffers of its own.
final class BackupWorker {
    private let settings: StoreSettings
    private let streams: BackupStreams
    private let counters: BackupCounters
    private let problems: ProblemLog
    private let progress: RunProgress
    private let started: Int64
    private let stop: StopSwitch
    private let storer: BlockStorer
    private let fileHasher: HashContext
    private let contentHash: BlockwiseHash
    private let metadataReader: MetadataReader
    private let metadataStorer: MetadataStorer
    private let buffer: BlockBuffer
    private var changes: [CatalogChange] = []
    /// What was read since the catalog was told; an interrupted run should not have read much for nothing.
    private var untoldBytes: Int64 = 0
    private let toldEvery: Int64

    init(_ context: BackupContext) {
        settings = context.settings
        streams = context.streams
        counters = context.counters
        problems = context.problems
        progress = context.progress
        started = context.started.unixNanoseconds
        stop = context.stop
        toldEvery = min(4 << 20, context.volumeSize / 4)
        storer = BlockStorer(
            settings: context.settings, compressionLevel: context.compressionLevel, packed: context.streams.packed)
        fileHasher = HashContext(context.settings.fileHash)
        contentHash = BlockwiseHash(block: context.settings.blockHash, file: context.settings.fileHash)
        metadataReader = MetadataReader(names: context.ownerNames)
        metadataStorer = MetadataStorer(context, storer: storer)
        buffer = BlockBuffer(capacity: context.settings.blockSize)
    }

    /// Works until the queue ends.
    func run() throws {
        while let work = streams.work.pop() {
            switch work {
            case .folder(let batch): try examine(batch)
            case .block(let file, let position, let block, let digest):
                try store(block, digest, of: file, position: position)
            }
            try flush(whenAbove: untoldBytes >= toldEvery ? 0 : 128)
        }
        try storer.flush()
        try flush(whenAbove: 0)
    }

    // MARK: Entries

    private func examine(_ batch: FolderBatch) throws {
        var folder: Int32 = -1
        defer { if folder >= 0 { Glibc.close(folder) } }
        for candidate in batch.candidates {
            if stop.leavesOut() { return }
            let entry = batch.listing.entries[candidate.index]
            guard let metadata = try readMetadata(candidate, in: batch) else { continue }
            if isUnchanged(entry, candidate, metadata) {
                changes.append(
                    .touch(
                        Array(batch.listing.name(of: entry)), folder: batch.folder, modified: entry.modified,
                        changed: trusted(entry)))
                continue
            }
            guard entry.kind == .file else {
                record(entry, candidate, in: batch, data: .nothing, size: 0, metadata: metadata.reference)
                continue
            }
            do throws(SystemError) {
                if folder < 0 { folder = try FolderDescriptor.open(batch.listing) }
            } catch {
                try leaveOut(candidate, in: batch, error)
                continue
            }
            try read(entry, candidate, in: batch, folder: folder, metadata: metadata.reference)
        }
    }

    /// The metadata of an entry, stored; `nil` when the entry is left out of the version.
    private func readMetadata(_ candidate: Candidate, in batch: FolderBatch) throws -> MetadataStorer.Stored? {
        let entry = batch.listing.entries[candidate.index]
        let source: SourceMetadata
        do throws(SystemError) {
            source = try metadataReader.read(entry, in: batch.listing)
        } catch {
            try leaveOut(candidate, in: batch, error)
            return nil
        }
        if source.asksForExclusion {
            close(candidate, in: batch)
            return nil
        }
        if source.leftOutAttributes > 0 || entry.modified == .max {
            let what =
                entry.modified == .max
                ? "its modification time is too late to be stored"
                : "an extended attribute whose name is not UTF-8 cannot be stored"
            problems.add(Problem(.metadata, batch.listing.text(of: entry), "\(what); all else is in this version"))
        }
        return try metadataStorer.store(source.metadata, candidate, index: batch.index) { changes.append($0) }
    }

    /// Same metadata, which includes the modification time, and same size: nothing is read.
    ///
    /// A file whose inode changed although nothing else did may have been replaced by another of the same size and
    /// time: it is read. After a rebuild the change time is not known, and metadata and size have to do.
    private func isUnchanged(_ entry: WalkEntry, _ candidate: Candidate, _ metadata: MetadataStorer.Stored) -> Bool {
        guard let previous = candidate.previous, metadata.isAsBefore, !candidate.isLost else { return false }
        guard previous.kind == entry.kind.catalogKind(leadsToFolder: entry.leadsToFolder) else { return false }
        guard entry.kind == .file else { return true }
        return previous.size == entry.size && (previous.changed == 0 || previous.changed == entry.changed)
    }

    private func read(
        _ entry: WalkEntry, _ candidate: Candidate, in batch: FolderBatch, folder: Int32, metadata: ContentReference
    ) throws {
        counters.opened.add()
        let name = batch.listing.name(of: entry)
        let isCompressible = !IncompressibleNames.contains(name)
        do throws(SystemError) {
            let source = try batch.listing.withSourceFile(entry, folder: folder)
            if source.size <= Int64(settings.blockSize) {
                buffer.count = try source.file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<Int(source.size)]))
                let hasChanged = buffer.count > 0 && source.hasChanged()
                try rethrowing {
                    try storeWhole(
                        entry, candidate, in: batch, isCompressible: isCompressible, metadata: metadata,
                        hasChanged: hasChanged)
                }
            } else {
                var builder = ContentBuilder(settings: settings)
                while builder.size < source.size {
                    let wanted = min(settings.blockSize, Int(source.size - builder.size))
                    buffer.count = try source.file.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<wanted]))
                    if buffer.count == 0 { break }
                    try rethrowing { try add(to: &builder, batch, isCompressible: isCompressible) }
                }
                let hasChanged = source.hasChanged()
                try rethrowing {
                    try finish(
                        &builder, entry, candidate, in: batch, metadata: metadata, hash: contentHash.finish(),
                        hasChanged: hasChanged)
                }
            }
        } catch {
            _ = contentHash.finish()
            if let failure { throw failure }
            try leaveOut(candidate, in: batch, error)
        }
    }

    /// An error that is not the file's own, kept while a typed `SystemError` unwinds to the caller.
    private var failure: (any Error)?

    private func rethrowing(_ body: () throws -> Void) throws(SystemError) {
        do {
            try body()
        } catch {
            failure = error
            throw SystemError("store")
        }
    }

    // MARK: Content

    private func storeWhole(
        _ entry: WalkEntry, _ candidate: Candidate, in batch: FolderBatch, isCompressible: Bool,
        metadata: ContentReference, hasChanged: Bool
    ) throws {
        count(bytes: buffer.count)
        guard buffer.count > 0 else {
            record(entry, candidate, in: batch, data: .nothing, size: 0, metadata: metadata, isUnsettled: hasChanged)
            return
        }
        let (id, digest) = try storer.store(buffer.filled, index: batch.index, isCompressible: isCompressible)
        var builder = ContentBuilder(settings: settings)
        builder.add(id, digest: digest, size: buffer.count) { _ in 0 }
        try finish(
            &builder, entry, candidate, in: batch, metadata: metadata,
            hash: settings.hashesAreShared ? digest : fileHasher.hash(buffer.filled), hasChanged: hasChanged)
    }

    private func add(to builder: inout ContentBuilder, _ batch: FolderBatch, isCompressible: Bool) throws {
        count(bytes: buffer.count)
        let digest = contentHash.add(buffer.filled)
        let id = try storer.store(
            buffer.filled, digest: digest, index: batch.index, isCompressible: isCompressible)
        try builder.add(id, digest: digest, size: buffer.count) { try storeList($0, batch.index) }
    }

    private func storeList(_ list: UnsafeRawBufferPointer, _ index: BlockIndex) throws -> Int64 {
        try storer.store(list, index: index, isList: true).id
    }

    /// Ends a content: one block needs no row of its own, and content that is as before keeps its row.
    private func finish(
        _ builder: inout ContentBuilder, _ entry: WalkEntry, _ candidate: Candidate, in batch: FolderBatch,
        metadata: ContentReference, hash: Digest, hasChanged: Bool
    ) throws {
        try builder.finish { try storeList($0, batch.index) }
        let data: ContentReference
        if builder.blockCount == 0 {
            data = .nothing
        } else if settings.hashesAreShared, let block = builder.onlyBlock {
            data = .block(block)
        } else if let previous = candidate.previous, candidate.previousDataHash == hash, previous.size == builder.size {
            data = previous.data
        } else {
            let id = counters.newContentID()
            changes.append(
                .content(CatalogContent(id: id, size: builder.size, hash: hash, lists: builder.lists)))
            data = .content(id)
        }
        if hasChanged {
            problems.add(
                Problem(
                    .changedWhileRead, batch.listing.text(of: entry),
                    "changed while it was read; what was read is stored, and the next run reads it again"))
            counters.unreadable.add()
        }
        record(
            entry, candidate, in: batch, data: data, size: builder.size, metadata: metadata, isUnsettled: hasChanged)
    }

    // MARK: Large files

    private func store(_ block: BlockBuffer, _ digest: Digest, of file: LargeFile, position: Int) throws {
        let id = try storer.store(
            block.filled, digest: digest, index: file.opening.batch.index,
            isCompressible: file.opening.isCompressible)
        let size = block.count
        streams.buffers.give(block)
        count(bytes: size)
        let piece = LargeFile.Block(id: id, digest: digest, size: size)
        let index = file.opening.batch.index
        if let whole = try file.add(piece, at: position, storeList: { try storeList($0, index) }) {
            try complete(file, whole)
        }
    }

    private func complete(_ file: LargeFile, _ whole: LargeFile.Finished) throws {
        if let takeFinished = file.opening.takeFinished { return takeFinished(whole) }
        let (batch, candidate) = (file.opening.batch, file.opening.candidate)
        var content = whole.content
        try finish(
            &content, batch.listing.entries[candidate.index], candidate, in: batch, metadata: file.opening.metadata,
            hash: whole.end.hash, hasChanged: whole.end.isUnsettled)
    }

    /// Reads large files one after the other, block by block, and leaves the blocks to the workers.
    func readLargeFiles() throws {
        while let batch = streams.largeFiles.pop() {
            for candidate in batch.candidates { try readLarge(candidate, in: batch) }
            try storer.flush()
            try flush(whenAbove: 0)
        }
    }

    private func readLarge(_ candidate: Candidate, in batch: FolderBatch) throws {
        if stop.leavesOut() { return }
        let entry = batch.listing.entries[candidate.index]
        guard let metadata = try readMetadata(candidate, in: batch) else { return }
        if isUnchanged(entry, candidate, metadata) {
            changes.append(
                .touch(
                    Array(batch.listing.name(of: entry)), folder: batch.folder, modified: entry.modified,
                    changed: trusted(entry)))
            return
        }
        counters.opened.add()
        let folder: Int32
        do throws(SystemError) {
            folder = try FolderDescriptor.open(batch.listing)
        } catch {
            try leaveOut(candidate, in: batch, error)
            return
        }
        defer { Glibc.close(folder) }
        let file = LargeFile(
            .init(
                batch: batch, candidate: candidate, metadata: metadata.reference,
                isCompressible: !IncompressibleNames.contains(batch.listing.name(of: entry))),
            settings: settings)
        do throws(SystemError) {
            let source = try batch.listing.withSourceFile(entry, folder: folder)
            var size: Int64 = 0
            while size < source.size {
                if stop.endsReading {
                    // The blocks that were read are stored, and the next run finds them.
                    stop.markPartial()
                    _ = contentHash.finish()
                    _ = file.end(nil)
                    return
                }
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
            let end = LargeFile.End(size: size, hash: contentHash.finish(), isUnsettled: source.hasChanged())
            if let whole = file.end(end) { try rethrowing { try complete(file, whole) } }
        } catch {
            _ = contentHash.finish()
            _ = file.end(nil)
            if let failure { throw failure }
            if error.code == ECANCELED { throw EngineError.cancelled }
            try leaveOut(candidate, in: batch, error)
        }
    }

    // MARK: Records

    private func trusted(_ entry: WalkEntry) -> Int64 {
        ChangeTime.settled(modified: entry.modified, changed: entry.changed, started: started)
    }

    private func record(
        _ entry: WalkEntry, _ candidate: Candidate, in batch: FolderBatch, data: ContentReference, size: Int64,
        metadata: ContentReference, isUnsettled: Bool = false
    ) {
        let current = CatalogEntry(
            name: Array(batch.listing.name(of: entry)),
            kind: entry.kind.catalogKind(leadsToFolder: entry.leadsToFolder), size: size, modified: entry.modified,
            changed: isUnsettled ? CatalogEntry.unsettled : trusted(entry), data: data, metadata: metadata)
        if let previous = candidate.previous, previous.kind == current.kind, previous.size == size,
            previous.data == data, previous.metadata == metadata
        {
            changes.append(
                .touch(current.name, folder: batch.folder, modified: current.modified, changed: current.changed))
            return
        }
        if candidate.previous == nil { counters.added.add() } else { counters.modified.add() }
        changes.append(.open(current, folder: batch.folder, replaces: candidate.previous != nil))
    }

    private func close(_ candidate: Candidate, in batch: FolderBatch) {
        guard let previous = candidate.previous else { return }
        counters.removed.add()
        changes.append(.close(previous.name, folder: batch.folder))
    }

    /// What cannot be read is named, counted, and not part of the version.
    private func leaveOut(_ candidate: Candidate, in batch: FolderBatch, _ error: SystemError) throws {
        // Too few descriptors or too little memory say nothing about the file: the run must not go on as if it were gone.
        if [EMFILE, ENFILE, ENOMEM].contains(error.code) { throw error }
        let entry = batch.listing.entries[candidate.index]
        let code: Problem.Code
        let reason: String
        switch error.code {
        case EILSEQ: (code, reason) = (.nameNotText, "its target is not UTF-8, which the format cannot hold")
        case ENOENT, ELOOP, ENOTDIR: (code, reason) = (.changedWhileRead, "disappeared during the run")
        default: (code, reason) = (.unreadable, "cannot be read: \(error.message)")
        }
        problems.add(Problem(code, batch.listing.text(of: entry), "\(reason); it is not in this version"))
        counters.unreadable.add()
        close(candidate, in: batch)
    }

    private func count(bytes: Int) {
        untoldBytes += Int64(bytes)
        counters.bytesRead.add(bytes)
        progress.addBytes(bytes)
    }

    private func flush(whenAbove limit: Int) throws {
        guard changes.count > limit else { return }
        guard streams.changes.push(changes) else { throw EngineError.cancelled }
        changes.removeAll(keepingCapacity: true)
        untoldBytes = 0
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
