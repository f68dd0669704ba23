internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat

/// Gets blocks one after the other, in whatever order they are wanted, on one thread.
///
/// The volumes used last stay open, those that had to be fetched as files in the temporary folder: none is fetched
/// again as long as there is room, and memory holds only where their blocks are.
final class BlockFetcher {
    private struct Slot {
        let source: BlockSource
        var lastUse: Int
        let cost: Int64
    }

    /// How much may lie in the temporary folder, and how many files may be open.
    private static let room: Int64 = 2 << 30
    private static let mostOpen = 128

    private let session: StoreSession
    private let contents: ContentLookup
    private let problems: ProblemLog
    private let reader: BlockReader
    private let volumes: [Int64: CatalogVolume]
    private let isLocal: Bool
    private var open: [Int64: Slot] = [:]
    private var unreadable: Set<Int64> = []
    private var clock = 0

    init(_ session: StoreSession, _ catalog: borrowing CatalogReader, problems: ProblemLog) throws {
        self.session = session
        self.problems = problems
        contents = try catalog.contents()
        reader = BlockReader(settings: session.properties.settings)
        volumes = Dictionary(uniqueKeysWithValues: try catalog.volumes().map { ($0.id, $0) })
        isLocal = session.store.destination is any LocallyReadable
    }

    /// The blocks of a content, in order; nil when they are not all known.
    func blocks(of data: ContentReference) throws -> [Int64]? {
        switch data {
        case .nothing: return []
        case .block(let id): return [id]
        case .content(let id):
            let lists = try contents.content(id).lists
            guard !lists.isEmpty, !lists.contains(where: \.blocks.isEmpty) else { return nil }
            return lists.flatMap(\.blocks)
        }
    }

    /// The hash of a content; nil for none.
    func hash(of data: ContentReference) throws -> Digest? {
        try ExistingFile.expectedHash(data, contents)
    }

    /// Hands a verified block to `body`; false when no volume has it in order.
    func withBlock(
        _ id: Int64, _ catalog: borrowing CatalogReader, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let block = try contents.block(id)
        var tried: Set<Int64> = []
        var volume = block.volume
        while true {
            if volume != 0, try read(block.digest, from: volume, body) { return true }
            tried.insert(volume)
            guard let next = try OtherHomes(catalog, tried: [id: tried]).homes[id] else { return false }
            volume = next
        }
    }

    private func read(
        _ digest: Digest, from volume: Int64, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        try session.store.cancellation.check()
        guard let source = try source(volume) else { return false }
        do {
            try source.withBlock(digest, reader) { bytes in try body(bytes) }
            return true
        } catch let error as StoreFormatError {
            switch error.kind {
            case .localFile, .noSpace: throw EngineError.format(error)
            default: break
            }
            problems.add(Problem(.damaged, "\(source.name)", EngineError.format(error).faultOfObject))
            return false
        }
    }

    private func source(_ id: Int64) throws -> BlockSource? {
        clock += 1
        if open[id] != nil {
            open[id]?.lastUse = clock
            return open[id]?.source
        }
        guard let volume = volumes[id], !unreadable.contains(id) else { return nil }
        let cost = isLocal ? 0 : max(0, volume.size)
        makeRoom(cost)
        do throws(EngineError) {
            let source = try session.store.openBlocks(volume, settings: session.properties.settings)
            open[id] = Slot(source: source, lastUse: clock, cost: cost)
            return source
        } catch {
            guard error.concernsOneObject else { throw error }
            problems.add(Problem(.damaged, volume.name, error.faultOfObject))
            unreadable.insert(id)
            return nil
        }
    }

    private func makeRoom(_ cost: Int64) {
        // Those that had to be opened whole lie in memory.
        var whole = open.values.count { if case .whole = $0.source { true } else { false } }
        while let oldest = open.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            let isFull =
                open.count >= Self.mostOpen || whole > 1
                || open.values.reduce(cost) { $0 + $1.cost } > Self.room && !open.isEmpty
            guard isFull else { return }
            if case .whole = oldest.value.source { whole -= 1 }
            open[oldest.key] = nil
            reader.close()
        }
    }
}
