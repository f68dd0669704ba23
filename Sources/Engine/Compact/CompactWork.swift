internal import Archive
internal import Catalog
internal import Destinations
internal import StoreFormat
internal import Support

/// A compaction at work.
///
/// New volumes are sent first, then found in a listing in full size, then the catalog says in one transaction that
/// they are the homes of their blocks and that the volumes they replace are gone, and only then are these deleted:
/// each index volume before the data volume it describes, since a data volume without a description is complete for
/// whoever reads the store, and a description without its data volume is a fault. So at each instant every needed block
/// is in a listed volume.
final class CompactWork {
    private let session: StoreSession
    private let options: CompactOptions
    private let problems: ProblemLog
    private let planned: CompactPlanner.Result
    private let portionSize: Int64
    private var summary: CompactSummary
    private var nextVolume: Int64
    /// Objects that were deleted already.
    private var deleted: Set<ObjectName>

    private var open: CompactedVolume?
    /// The number of the volume that is open, counted from 1, or would be next.
    private var openNumber = 1
    /// Sent and not yet known to the catalog.
    private var sent: [(dblock: CatalogVolume, dindex: CatalogVolume, moved: [(block: Int64, source: Int64)])] = []
    /// Sources whose needed blocks are all in new volumes up to that number.
    private var emptied: [(volume: Int64, upTo: Int)] = []

    /// How many blocks are looked up at once: it bounds the memory.
    private static let blocksPerBatch = 200_000

    init(
        _ session: StoreSession, _ options: CompactOptions, _ planned: CompactPlanner.Result,
        deleted: Set<ObjectName>, problems: ProblemLog
    ) throws {
        self.deleted = deleted
        self.session = session
        self.options = options
        self.planned = planned
        self.problems = problems
        nextVolume = try session.catalog.read { try $0.nextIdentifiers().volume }
        summary = CompactSummary(.compacted)
        summary.bytesBefore = session.listing.totalSize
        var portion = options.portionSize
        if let free = try? session.store.destination.freeSpace() { portion = min(portion, free / 4) }
        portionSize = max(1, portion)
    }

    private var store: Store { session.store }
    private var settings: StoreSettings { session.properties.settings }

    func run() throws -> CompactSummary {
        count(planned.plan.volumes)
        let possible = planned.plan.volumes.filter { $0.hindrance == nil }
        let moves = planned.usage.moves
        try session.catalog.write { writer in
            let state: CompactRun.Due = planned.plan.volumes.contains { $0.kind != .deletable } ? .begun : .waste
            try writer.setProperty(CompactRun.dueProperty, state.rawValue)
            try writer.rehome(moves.lazy.map { (block: $0.key, volume: $0.value) })
        }
        let deletable = possible.filter { $0.kind == .deletable }
        try commit(removing: deletable.map(\.id))
        summary.volumesDeleted = deletable.count
        try rewrite(possible.filter { $0.kind != .deletable }.compactMap { planned.volumes[$0.id] })
        summary.bytesAfter = summary.bytesBefore + summary.bytesUploaded - summary.bytesDeleted
        try session.catalog.write { writer in
            try writer.removeProperty(CompactRun.dueProperty)
            try writer.setProperty(CompactRun.timeProperty, String(options.now().seconds))
        }
        return summary
    }

    private func count(_ volumes: [CompactPlan.Volume]) {
        summary.volumesLocked = volumes.count { $0.hindrance == .locked }
        summary.volumesArchived = volumes.count { $0.hindrance == .archived }
    }

    // MARK: Copying

    private func rewrite(_ volumes: [CatalogVolume]) throws {
        var rest = volumes[...]
        while !rest.isEmpty {
            let batch = nextBatch(&rest)
            let sources = try session.catalog.read { try CompactSource.load(batch, planned.usage, $0) }
            // A fetched volume is in memory decrypted, so large ones are not fetched far ahead.
            let largest = batch.map(\.size).max() ?? 0
            try ReadAhead.run(sources, threads: largest > 12 << 20 ? 1 : 3, name: "compact") {
                [store, settings] source in
                source.fetch(store, settings)
            } consume: { source, result in
                try take(source, result)
            }
        }
        if open != nil { try send() }
        if !sent.isEmpty || !emptied.isEmpty { try commitSent() }
    }

    private func nextBatch(_ rest: inout ArraySlice<CatalogVolume>) -> [CatalogVolume] {
        var batch: [CatalogVolume] = []
        var blocks = 0
        while let volume = rest.first {
            let count = planned.usage.volumes[volume.id]?.usedBlocks ?? 0
            if !batch.isEmpty, blocks + count > Self.blocksPerBatch { break }
            blocks += count
            batch.append(volume)
            rest.removeFirst()
        }
        return batch
    }

    private func take(_ source: CompactSource, _ result: Result<CompactSource.Content, EngineError>) throws {
        try store.cancellation.check()
        var reader: VolumeReader?
        var damaged = source.blocks
        switch result {
        case .success(let content):
            summary.bytesFetched += content.fetched.size
            reader = content.fetched.reader
            damaged = content.damaged
            if let fault = content.fetched.fault {
                problems.add(Problem(.damaged, source.volume.name, "is damaged: \(fault)"))
            }
        case .failure(let error):
            guard error.concernsOneObject else { throw error }
            problems.add(Problem(.damaged, source.volume.name, error.faultOfObject))
        }
        let scratch = BlockScratch(settings: settings)
        let replacements = try replacements(for: damaged, of: source, scratch)
        guard replacements.count == damaged.count else {
            summary.volumesDamaged += 1
            let count = damaged.count - replacements.count
            problems.add(
                Problem(
                    .damaged, source.volume.name,
                    "is not compacted: \(Count(count, "block")) that versions need "
                        + "\(count == 1 ? "is" : "are") damaged in it, and no other volume has "
                        + "\(count == 1 ? "it" : "them")"))
            return
        }
        for block in source.blocks {
            guard let from = replacements[block.id] ?? reader else { continue }
            try copy(block, of: source, from: from, scratch)
        }
        emptied.append((source.volume.id, open == nil ? openNumber - 1 : openNumber))
        summary.volumesRewritten += 1
    }

    private func copy(
        _ block: CompactSource.Block, of source: CompactSource, from reader: VolumeReader, _ scratch: BlockScratch
    ) throws {
        guard let stored = reader.block(block.digest) else {
            throw StoreFormatError(.entryMissing, object: reader.name.text, detail: "block \(block.digest)")
        }
        if let open, !open.hasRoom(for: stored.entry.packedSize, volumeSize: planned.thresholds.volumeSize) {
            try send()
            if sent.reduce(0, { $0 + $1.dblock.size }) >= portionSize { try commitSent() }
        }
        let target = try open ?? newVolume()
        open = target
        try target.add(block, from: source.volume.id, stored, of: reader, scratch)
        store.progress.addBytes(block.size)
    }

    private func newVolume() throws -> CompactedVolume {
        // What is continued after gpg is encrypted as well.
        let encryption: Encryption = session.properties.encryption == .none ? .none : .aes
        return try CompactedVolume(
            store, prefix: session.properties.prefix, encryption: encryption, settings: settings)
    }

    /// Intact copies of damaged blocks in other volumes, by block.
    private func replacements(
        for damaged: [CompactSource.Block], of source: CompactSource, _ scratch: BlockScratch
    ) throws -> [Int64: VolumeReader] {
        guard !damaged.isEmpty else { return [:] }
        var wanted: [Int64: [CompactSource.Block]] = [:]
        let volumes = try session.catalog.read { reader in
            for block in damaged {
                for volume in try reader.duplicates(of: block.id) { wanted[volume, default: []].append(block) }
            }
            return try reader.volumes().filter { wanted[$0.id] != nil && $0.id != source.volume.id }
        }
        var found: [Int64: VolumeReader] = [:]
        for volume in volumes {
            let missing = (wanted[volume.id] ?? []).filter { found[$0.id] == nil }
            guard !missing.isEmpty else { continue }
            switch CompactSource(volume: volume, blocks: missing).fetch(store, settings) {
            case .success(let content):
                summary.bytesFetched += content.fetched.size
                let bad = Set(content.damaged.map(\.id))
                for block in missing where !bad.contains(block.id) { found[block.id] = content.fetched.reader }
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
            }
        }
        return found
    }

    private func send() throws {
        guard let open else { return }
        try store.cancellation.check()
        var (dblock, dindex) = try open.send()
        dblock.id = nextVolume
        dindex.id = nextVolume + 1
        nextVolume += 2
        sent.append((dblock, dindex, open.moved))
        summary.bytesUploaded += dblock.size + dindex.size
        summary.volumesUploaded += 1
        self.open = nil
        openNumber += 1
    }

    // MARK: Replacing

    /// Makes the volumes that were sent the homes of their blocks, and deletes the sources that are empty by that.
    private func commitSent() throws {
        let listing = try store.list()
        if let new = try NewVersions.first(in: listing, session) {
            throw EngineError.refused(
                "No more was deleted: \(store.destination.label) lists the version \(new), which it did not list before. "
                    + "Run again; it is taken into account then.")
        }
        try confirm(listing)
        let last = openNumber - 1
        let done = emptied.filter { $0.upTo <= last }.map(\.volume)
        emptied.removeAll { $0.upTo <= last }
        let sent = sent
        self.sent = []
        try commit(removing: done) { writer in
            for volume in sent {
                try writer.put(volume.dblock)
                try writer.put(volume.dindex)
                try writer.addDescription(of: volume.dblock.id, in: volume.dindex.id)
                try writer.rehome(volume.moved.lazy.map { (block: $0.block, volume: volume.dblock.id) })
            }
        }
    }

    /// What was sent must be listed in full size, before anything is deleted for it.
    private func confirm(_ listing: StoreListing) throws {
        let listed = Dictionary(listing.items.map { ($0.name.text, $0.size) }) { first, _ in first }
        let missing = sent.flatMap { [$0.dblock, $0.dindex] }.filter { volume in
            guard let size = listed[volume.name] else { return true }
            return size.map { $0 != volume.size } ?? false
        }
        guard missing.isEmpty else {
            throw EngineError.uploadNotListed(missing.map(\.name).sorted(), destination: store.destination.label)
        }
    }

    /// Changes the catalog so that it knows nothing of some data volumes any more, and then deletes them.
    private func commit(
        removing volumes: [Int64], _ change: (borrowing CatalogWriter) throws -> Void = { _ in }
    ) throws {
        let gone = Set(volumes)
        var sizes: [Int64] = []
        try session.catalog.write { writer in
            try change(writer)
            guard !gone.isEmpty else { return }
            try writer.rehomeBlocks(outOf: gone)
            try requireUnused(gone, writer)
            let dindexes = try writer.reading { try $0.descriptions() }.filter { gone.isSuperset(of: $0.value) }
            var going: [CatalogVolume] = []
            for id in volumes {
                for dindex in dindexes.filter({ $0.value.contains(id) }).keys.sorted() {
                    if let volume = planned.volumes[dindex], !going.contains(volume) { going.append(volume) }
                }
                if let volume = planned.volumes[id] { going.append(volume) }
            }
            try writer.removeBlocks(inVolumes: gone)
            for volume in going { try writer.removeVolume(volume.id) }
            try ReplacedObjects.add(going.compactMap { ObjectName(parsing: $0.name) }, writer)
            try CatalogSync.forgetOrphans(Set(going.map(\.name)), writer)
            sizes = going.map { max(0, $0.size) }
        }
        guard !gone.isEmpty else { return }
        deleted = try ReplacedObjects.delete(session, deleted: deleted)
        summary.bytesDeleted += sizes.reduce(0, +)
    }

    /// The last look before anything is deleted: no block that a version needs may have its home there.
    private func requireUnused(_ volumes: Set<Int64>, _ writer: borrowing CatalogWriter) throws {
        try writer.reading { reader in
            try reader.forEachBlock { id, _, _, volume in
                guard volumes.contains(volume), planned.usage.isUsed(block: id) else { return }
                throw CatalogError.inconsistent(
                    path: session.catalog.path, detail: "block \(id) would have been deleted although it is needed")
            }
        }
    }
}
