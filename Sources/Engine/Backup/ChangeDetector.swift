internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Compares the walk with the newest state in the catalog, folder by folder, and sends on what may have changed.
///
/// An entry whose size, modification time and inode change time are all as recorded is unchanged: it costs no system
/// call beyond the walk's and no write. One thread, within one read of the catalog.
final class ChangeDetector {
    private let live: LiveEntries
    private let contents: ContentLookup
    private let output: BackupStreams
    private let counters: BackupCounters
    private let blocks: BlockScan
    private let digestLength: Int
    private let lost: LostContents
    private var index: BlockIndex?
    private var nextFolder: Int64
    private var known: [CatalogEntry] = []
    private var visited: Set<Int64> = []
    private var changes: [CatalogChange] = []
    private var sources: [[UInt8]: [FolderListing]] = [:]
    private var streams = StreamPlaces()

    /// A batch has at most this many entries, and ends early at this many bytes of files.
    private static let batchCount = 64
    private static let batchBytes: Int64 = 4 << 20

    /// - Parameters:
    ///   - reader: the catalog as it was before the run.
    ///   - nextFolder: the number of the next new folder.
    ///   - output: the queues to send to.
    ///   - counters: counts what is gone.
    ///   - digestLength: bytes of a block hash.
    ///   - lost: what has to be stored again.
    /// - Throws: `CatalogError`.
    init(
        _ reader: borrowing CatalogReader, nextFolder: Int64, output: BackupStreams, counters: BackupCounters,
        digestLength: Int, lost: LostContents
    ) throws {
        live = try reader.liveEntries()
        contents = try reader.contents()
        blocks = try reader.blockScan()
        self.nextFolder = nextFolder
        self.output = output
        self.counters = counters
        self.digestLength = digestLength
        self.lost = lost
    }

    /// Sends streams to their reader; to be called before the first listing of the walk, which does not bring them.
    func send(_ sources: [StreamSource], to reader: BoundedQueue<StreamJob>) throws {
        for source in sources {
            let listing = source.listing()
            let name = source.place.name
            let folder: Int64
            if let existing = try streams.folder(listing.path) ?? live.find(listing.path) {
                folder = existing
            } else {
                folder = nextFolder
                nextFolder += 1
                try record(.addFolder(folder, path: listing.path))
            }
            streams.add(name, in: listing.path, folder: folder)
            try live.load(folder: folder, into: &known)
            let candidate = try candidate(0, known.first { $0.name == name })
            let batch = FolderBatch(
                folder: folder, listing: listing, candidates: [candidate], index: try currentIndex())
            guard reader.push(StreamJob(source: source, batch: batch)) else { throw EngineError.cancelled }
        }
    }

    /// Takes the next listing of the walk.
    func examine(_ listing: FolderListing) throws {
        // Sources in the same folder come one by one, but what that folder had before is compared once.
        if listing.isSource {
            sources[listing.path, default: []].append(listing)
        } else {
            try compare(listing.path, [listing])
        }
    }

    /// Ends the comparison: what the walk has not met is gone, unless it was stopped before its end.
    func finish(isPartial: Bool = false) throws {
        for (path, listings) in sources {
            let inOrder = listings.sorted { a, b in
                a.names.lexicographicallyPrecedes(b.names)
            }
            try compare(path, inOrder, isPartial: isPartial)
        }
        guard !isPartial else { return try flush() }
        try live.forEachFolder { folder in
            if !visited.contains(folder) { vanishedFolders.append(folder) }
        }
        for folder in vanishedFolders {
            try live.load(folder: folder, into: &known)
            for entry in known { try remove(entry, folder: folder) }
        }
        try flush()
    }

    private var vanishedFolders: [Int64] = []

    private func compare(_ path: [UInt8], _ listings: [FolderListing], isPartial: Bool = false) throws {
        let folder: Int64
        if let existing = try streams.folder(path) ?? live.find(path) {
            folder = existing
            try live.load(folder: folder, into: &known)
        } else {
            folder = nextFolder
            nextFolder += 1
            known.removeAll(keepingCapacity: true)
            try record(.addFolder(folder, path: path))
        }
        visited.insert(folder)
        var position = 0
        for listing in listings {
            try merge(listing, folder: folder, from: &position, keepsOthers: isPartial || listing.isIncomplete)
        }
        // What a half-read folder did not show may well be there: it stays as it is.
        guard !isPartial, !listings.contains(where: \.isIncomplete) else { return }
        while position < known.count {
            try remove(known[position], folder: folder)
            position += 1
        }
    }

    /// Steps through the listing and the known entries, both sorted by the bytes of the names.
    private func merge(
        _ listing: FolderListing, folder: Int64, from position: inout Int, keepsOthers: Bool
    ) throws {
        var candidates: [Candidate] = []
        var bytes: Int64 = 0
        for (number, entry) in listing.entries.enumerated() {
            let name = listing.name(of: entry)
            while position < known.count, precedes(known[position].name, name) {
                if !keepsOthers { try remove(known[position], folder: folder) }
                position += 1
            }
            var previous: CatalogEntry?
            if position < known.count, name.elementsEqual(known[position].name) {
                previous = known[position]
                position += 1
                if isUnchanged(entry, known[position - 1]) { continue }
            }
            let candidate = try self.candidate(number, previous)
            if entry.kind == .file, entry.size > output.largeFileSize {
                try send(large: candidate, folder: folder, listing)
                continue
            }
            candidates.append(candidate)
            bytes += entry.kind == .file ? entry.size : 0
            if candidates.count >= Self.batchCount || bytes >= Self.batchBytes {
                try send(candidates, folder: folder, listing)
                candidates.removeAll()
                bytes = 0
            }
        }
        if !candidates.isEmpty { try send(candidates, folder: folder, listing) }
    }

    private func isUnchanged(_ entry: WalkEntry, _ previous: CatalogEntry) -> Bool {
        entry.changed == previous.changed && entry.modified == previous.modified && previous.changed > 0
            && entry.kind.catalogKind(leadsToFolder: entry.leadsToFolder) == previous.kind
            && (entry.kind != .file || entry.size == previous.size)
            && (lost.isEmpty || !lost.concerns(previous))
    }

    private func candidate(_ number: Int, _ previous: CatalogEntry?) throws -> Candidate {
        var data: Digest?
        var metadata: Digest?
        if case .content(let id)? = previous?.data, !lost.unlisted.contains(id) {
            data = try contents.hash(ofContent: id)
        }
        if case .content(let id)? = previous?.metadata, !lost.contents.contains(id), !lost.unlisted.contains(id) {
            metadata = try contents.hash(ofContent: id)
        }
        return Candidate(
            index: number, previous: previous, isLost: previous.map(lost.concerns) ?? false, previousDataHash: data,
            previousMetadataHash: metadata)
    }

    /// The block index, loaded when the first entry has changed: a run without changes never pays for it.
    private func currentIndex() throws -> BlockIndex {
        if let index { return index }
        let loaded = try BlockIndex(from: blocks, digestLength: digestLength, lost: lost.blocks)
        index = loaded
        return loaded
    }

    private func send(_ candidates: [Candidate], folder: Int64, _ listing: FolderListing) throws {
        let batch = FolderBatch(folder: folder, listing: listing, candidates: candidates, index: try currentIndex())
        guard output.work.push(.folder(batch)) else { throw EngineError.cancelled }
    }

    private func send(large candidate: Candidate, folder: Int64, _ listing: FolderListing) throws {
        let batch = FolderBatch(folder: folder, listing: listing, candidates: [candidate], index: try currentIndex())
        guard output.largeFiles.push(batch) else { throw EngineError.cancelled }
    }

    private func remove(_ entry: CatalogEntry, folder: Int64) throws {
        guard !streams.holds(entry.name, in: folder) else { return }
        counters.removed.add()
        try record(.close(entry.name, folder: folder))
    }

    private func record(_ change: CatalogChange) throws {
        changes.append(change)
        if changes.count >= 256 { try flush() }
    }

    private func flush() throws {
        guard !changes.isEmpty else { return }
        guard output.changes.push(changes) else { throw EngineError.cancelled }
        changes.removeAll(keepingCapacity: true)
    }
}

private func precedes(_ a: [UInt8], _ b: ArraySlice<UInt8>) -> Bool {
    a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.lexicographicallyPrecedes(b) } }
}

extension WalkEntry.Kind {
    /// The catalog's word for it.
    func catalogKind(leadsToFolder: Bool) -> EntryKind {
        switch self {
        case .file: .file
        case .folder: .folder
        case .symlink: leadsToFolder ? .folderLink : .symlink
        }
    }
}
