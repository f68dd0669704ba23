internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat
internal import Support

/// Compares what the walk brings with the newest state in the catalog of one backup, folder by folder.
///
/// Whatever goes wrong with the catalog fails this backup alone: its comparison says nothing from then on. For one
/// thread, within one read of the catalog.
final class CatalogComparison {
    private let context: BackupContext
    private let target: Int
    private let live: LiveEntries
    private let contents: ContentLookup
    private let blocks: BlockScan
    private let lost: LostContents
    private var index: BlockIndex?
    private var nextFolder: Int64
    /// What the catalog has in the folder at hand, and how much of it the listing has passed.
    private var known: [CatalogEntry] = []
    private var position = 0
    private var folder: Int64 = 0
    private var isTaking = false
    private var visited: Set<Int64> = []
    private var changes: [CatalogChange] = []
    private var streams = StreamPlaces()

    /// - Parameters:
    ///   - reader: the catalog as it was before the run.
    ///   - context: the backup.
    ///   - target: its place among those that the reading feeds.
    /// - Throws: `CatalogError`.
    init(_ reader: borrowing CatalogReader, _ context: BackupContext, target: Int) throws {
        self.context = context
        self.target = target
        live = try reader.liveEntries()
        contents = try reader.contents()
        blocks = try reader.blockScan()
        lost = try LostContents(reader, listing: context.listing, settings: context.settings)
        nextFolder = context.first.folder
    }

    // MARK: Folders

    /// Turns to a folder, all of whose entries have to be asked about in the order of their names.
    func begin(_ path: [UInt8]) {
        known.removeAll(keepingCapacity: true)
        position = 0
        isTaking = context.isAttached
        guard isTaking else { return }
        attempt {
            if let existing = try streams.folder(path) ?? live.find(path) {
                folder = existing
                try live.load(folder: folder, into: &known)
            } else {
                folder = newFolder(path)
            }
            visited.insert(folder)
        }
    }

    /// Asks about an entry.
    ///
    /// - Parameters:
    ///   - number: its place in the listing.
    ///   - entry: what the walk found.
    ///   - name: its name.
    ///   - keepsOthers: whether what the catalog has before it stays, although the walk did not bring it.
    /// - Returns: what to do about it; `nil` when it is unchanged.
    func candidate(
        _ number: Int, _ entry: WalkEntry, _ name: ArraySlice<UInt8>, keepsOthers: Bool
    ) -> Candidate? {
        guard isTaking else { return nil }
        while position < known.count, precedes(known[position].name, name) {
            if !keepsOthers { remove(known[position]) }
            position += 1
        }
        var previous: CatalogEntry?
        if position < known.count, name.elementsEqual(known[position].name) {
            position += 1
            if isUnchanged(entry, known[position - 1]) { return nil }
            previous = known[position - 1]
        }
        return candidate(number, previous)
    }

    /// Turns away from the folder: what was not asked about is gone.
    func removeOthers() {
        guard isTaking else { return }
        while position < known.count {
            remove(known[position])
            position += 1
        }
    }

    /// Ends the comparison: what the walk has not met is gone, unless it was stopped before its end.
    func finish(isPartial: Bool) {
        defer { flush() }
        judgeMemory()
        guard !isPartial, context.isAttached else { return }
        attempt {
            var vanished: [Int64] = []
            try live.forEachFolder { if !visited.contains($0) { vanished.append($0) } }
            for number in vanished {
                folder = number
                try live.load(folder: number, into: &known)
                for entry in known { remove(entry) }
            }
        }
    }

    // MARK: Streams

    /// What to do about a stream, which the walk does not bring; to be asked before the first folder.
    func candidate(_ source: StreamSource, at path: [UInt8]) -> Candidate? {
        attempt {
            let name = source.place.name
            let existing = try streams.folder(path) ?? live.find(path)
            folder = existing ?? newFolder(path)
            streams.add(name, in: path, folder: folder)
            try live.load(folder: folder, into: &known)
            return candidate(0, known.first { $0.name == name })
        } ?? nil
    }

    // MARK: Entries

    private func isUnchanged(_ entry: WalkEntry, _ previous: CatalogEntry) -> Bool {
        entry.changed == previous.changed && entry.modified == previous.modified && previous.changed > 0
            && entry.kind.catalogKind(leadsToFolder: entry.leadsToFolder) == previous.kind
            && (entry.kind != .file || entry.size == previous.size)
            && (lost.isEmpty || !lost.concerns(previous))
    }

    private func candidate(_ number: Int, _ previous: CatalogEntry?) -> Candidate? {
        attempt {
            var data: Digest?
            var metadata: Digest?
            if case .content(let id)? = previous?.data, !lost.unlisted.contains(id) {
                data = try contents.hash(ofContent: id)
            }
            if case .content(let id)? = previous?.metadata, !lost.contents.contains(id), !lost.unlisted.contains(id) {
                metadata = try contents.hash(ofContent: id)
            }
            return Candidate(
                index: number, target: target, folder: folder, previous: previous,
                isLost: previous.map(lost.concerns) ?? false, previousDataHash: data, previousMetadataHash: metadata,
                known: try currentIndex())
        }
    }

    /// The block index, loaded when the first entry has changed: a run without changes never pays for it.
    private func currentIndex() throws -> BlockIndex {
        if let index { return index }
        let loaded = try BlockIndex(
            from: blocks, digestLength: context.settings.blockHash.digestLength, lost: lost.blocks)
        index = loaded
        return loaded
    }

    /// Says when the index of the store's blocks, which nothing can make smaller, takes more than is left for it.
    private func judgeMemory() {
        guard let memory = context.memory, let index, let limit = context.store.limits.memory else { return }
        let (count, stores) = (index.count, Int64(context.store.limits.stores))
        let size = Int64(count) * RunMemory.indexedBlock
        guard size * stores > memory.index else { return }
        context.problems.add(
            Problem(
                .tightMemory, context.store.destination.label,
                "the index of the store's \(count) blocks takes about \(ByteCount(size)), for which a run within "
                    + "\(ByteCount(limit)) has no room"))
    }

    // MARK: Changes

    private func newFolder(_ path: [UInt8]) -> Int64 {
        defer { nextFolder += 1 }
        record(.addFolder(nextFolder, path: path))
        return nextFolder
    }

    private func remove(_ entry: CatalogEntry) {
        guard !streams.holds(entry.name, in: folder) else { return }
        context.counters.removed.add()
        record(.close(entry.name, folder: folder))
    }

    private func record(_ change: CatalogChange) {
        changes.append(change)
        if changes.count >= 256 { flush() }
    }

    /// Hands over the changes; a backup that is out drops them.
    func flush() {
        guard !changes.isEmpty else { return }
        context.queues.changes.push(changes)
        changes.removeAll(keepingCapacity: true)
    }

    @discardableResult
    private func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try context.catalog.judging(body)
        } catch {
            context.pipeline.fail(error)
            isTaking = false
            return nil
        }
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
