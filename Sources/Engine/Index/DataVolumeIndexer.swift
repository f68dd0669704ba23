internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Finds out which blocks are in which data volume: from index volumes, and where there is none, from the volume.
final class DataVolumeIndexer {
    private let store: Store
    private let settings: StoreSettings
    private let blocks: BlockRegistry
    private let contents: ContentRegistry?
    private let problems: ProblemLog
    private var nextVolume: Int64
    /// A store that was encrypted anew keeps the identifiers in its names, but not their endings.
    private var namesByID: [String: String] = [:]

    /// Data volumes of another size than their description tells.
    private var damaged: [(StoreListing.Item, VolumeDescription)] = []
    /// Data volumes that index volumes describe and the destination does not have, with their blocks.
    private(set) var missing: [VolumeDescription] = []
    /// Data volumes that no index volume describes.
    private(set) var orphans: [ObjectName] = []

    init(
        store: Store, settings: StoreSettings, blocks: BlockRegistry, contents: ContentRegistry?,
        problems: ProblemLog, nextVolume: Int64
    ) {
        self.store = store
        self.settings = settings
        self.blocks = blocks
        self.contents = contents
        self.problems = problems
        self.nextVolume = nextVolume
    }

    private struct IndexContent: Sendable {
        var hash: Digest
        var size: Int64
        var descriptions: [VolumeDescription]
        var lists: [(digest: Digest, content: [UInt8])] = []
        var damagedLists = 0
    }

    /// Adds a volume to the catalog and returns its number.
    ///
    /// `size` is what the store says of it; where the destination lists another one, the difference stays visible.
    func addVolume(
        _ item: StoreListing.Item, size: Int64?, hash: Digest?, _ writer: borrowing CatalogWriter
    ) throws -> Int64 {
        let id = nextVolume
        nextVolume += 1
        try writer.put(
            CatalogVolume(
                id: id, name: item.name.text, kind: item.name.kind.catalogKind, size: size ?? item.size ?? -1,
                hash: hash))
        return id
    }

    /// Reads index volumes, and the data volumes among `dblocks` that none of them describes; `known` are those that
    /// the catalog has already.
    func run(
        dindexes: [StoreListing.Item], dblocks: [StoreListing.Item], known: Set<String>,
        _ writer: borrowing CatalogWriter
    ) throws {
        var open = Dictionary(uniqueKeysWithValues: dblocks.map { ($0.name.text, $0) })
        namesByID = Dictionary(dblocks.map { ($0.name.id.lowercased(), $0.name.text) }) { first, _ in first }
        try ReadAhead.run(dindexes, name: "index") { [store, settings] item in
            Self.read(item, store, settings)
        } consume: { item, result in
            switch result {
            case .success(let content):
                _ = try addVolume(item, size: content.size, hash: content.hash, writer)
                try use(content, of: item, open: &open, known: known, writer)
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
                problems.add(
                    Problem(.damaged, item.name.text, "\(error.faultOfObject); the volume it describes is read instead")
                )
                _ = try addVolume(item, size: nil, hash: nil, writer)
            }
        }
        let undescribed = open.values.sorted { $0.name < $1.name }
        try readUndescribed(undescribed, writer)
        // Last, so that a block which is elsewhere too is taken from there.
        for (dblock, description) in damaged { try add(dblock, description, hash: description.volumeHash, writer) }
    }

    private static func read(
        _ item: StoreListing.Item, _ store: Store, _ settings: StoreSettings
    ) -> Result<IndexContent, EngineError> {
        Result { () throws(EngineError) in
            let fetched = try store.fetch(item.name, expecting: ObjectExpectation(size: item.size), settings: settings)
            do {
                var content = IndexContent(
                    hash: fetched.hash, size: fetched.size, descriptions: try fetched.reader.volumeDescriptions())
                let scratch = BlockScratch(settings: settings)
                for block in fetched.reader.blocks {
                    do {
                        let bytes = try fetched.reader.withBlock(block.digest, scratch: scratch) { Array($0) }
                        content.lists.append((block.digest, bytes))
                    } catch is StoreFormatError {
                        content.damagedLists += 1
                    }
                }
                return content
            } catch let error as StoreFormatError where error.kind == .damaged {
                throw EngineError.damagedObject(item.name.text, detail: error.detail)
            } catch {
                throw EngineError(error, doing: "read \(item.name)")
            }
        }
    }

    private func use(
        _ content: IndexContent, of item: StoreListing.Item, open: inout [String: StoreListing.Item],
        known: Set<String>, _ writer: borrowing CatalogWriter
    ) throws {
        if content.damagedLists > 0 {
            problems.add(
                Problem(
                    .damaged, item.name.text,
                    "\(content.damagedLists) of its blocklists are damaged; their copies in data volumes are used"))
        }
        for (digest, bytes) in content.lists { contents?.keep(digest, content: bytes) }
        for description in content.descriptions {
            var description = description
            if !description.isPossible(settings) {
                problems.add(
                    Problem(
                        .damaged, item.name.text,
                        "describes \(description.dblockName) with hashes or sizes that nothing in this store has; "
                            + "that volume itself is read instead"))
                if open[description.dblockName] != nil { continue }
                description = description.onlyPossible(settings)
            }
            if let dblock = open.removeValue(forKey: description.dblockName) {
                guard isWhole(dblock, description) else {
                    damaged.append((dblock, description))
                    continue
                }
                try add(dblock, description, hash: description.volumeHash, writer)
            } else if let name = ObjectName(parsing: description.dblockName),
                let dblock = namesByID[name.id.lowercased()].flatMap({ open.removeValue(forKey: $0) })
            {
                try add(dblock, description, hash: nil, writer)
            } else if !known.contains(description.dblockName) {
                missing.append(description)
            }
        }
    }

    private func isWhole(_ dblock: StoreListing.Item, _ description: VolumeDescription) -> Bool {
        guard let told = description.volumeSize, let size = dblock.size, told != size else { return true }
        problems.add(Problem(.damaged, dblock.name.text, "is damaged: it has \(size) bytes instead of \(told)"))
        return false
    }

    private func add(
        _ dblock: StoreListing.Item, _ description: VolumeDescription, hash: Digest?,
        _ writer: borrowing CatalogWriter
    ) throws {
        let id = try addVolume(dblock, size: description.volumeSize, hash: hash, writer)
        for block in description.blocks {
            try blocks.place(block.digest, size: block.size, in: id, writer)
        }
    }

    private func readUndescribed(_ items: [StoreListing.Item], _ writer: borrowing CatalogWriter) throws {
        try ReadAhead.run(items, threads: 2, name: "index") { [store, settings] item in
            Self.readBlocks(item, store, settings)
        } consume: { item, result in
            switch result {
            case .success(let content):
                let id = try addVolume(item, size: content.size, hash: content.hash, writer)
                for block in content.blocks {
                    try blocks.place(block.digest, size: block.size, in: id, writer)
                }
                if content.isWhole {
                    orphans.append(item.name)
                } else {
                    problems.add(Problem(.damaged, item.name.text, "is damaged; some of its blocks are lost"))
                }
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
                problems.add(Problem(.damaged, item.name.text, error.faultOfObject))
                _ = try addVolume(item, size: nil, hash: nil, writer)
            }
        }
    }

    private struct DataContent: Sendable {
        var hash: Digest
        var size: Int64
        /// The blocks that have the content they are named for.
        var blocks: [BlockReference] = []
        var isWhole: Bool
    }

    /// Reads a data volume that nothing vouches for, block by block.
    private static func readBlocks(
        _ item: StoreListing.Item, _ store: Store, _ settings: StoreSettings
    ) -> Result<DataContent, EngineError> {
        Result { () throws(EngineError) in
            let fetched = try store.fetch(item.name, expecting: ObjectExpectation(size: item.size), settings: settings)
            var content = DataContent(
                hash: fetched.hash, size: fetched.size, isWhole: !fetched.reader.directoryWasDamaged)
            let scratch = BlockScratch(settings: settings)
            for block in fetched.reader.blocks {
                do {
                    try fetched.reader.withBlock(block.digest, scratch: scratch) { _ in }
                    content.blocks.append(BlockReference(block.digest, size: block.size))
                } catch is StoreFormatError {
                    content.isWhole = false
                } catch {
                    throw EngineError(error, doing: "read \(item.name)")
                }
            }
            return content
        }
    }

    /// The blocks that only missing data volumes have, each with the name of such a volume.
    func missingBlocks() -> [Digest: String] {
        var culprits: [Digest: String] = [:]
        for description in missing {
            for block in description.blocks where blocks.volume(of: block.digest) == 0 {
                culprits[block.digest] = description.dblockName
            }
        }
        return culprits
    }
}

extension ObjectName.Kind {
    /// The same kind in the catalog's words.
    var catalogKind: CatalogVolume.Kind {
        switch self {
        case .dblock: .dblock
        case .dindex: .dindex
        case .dlist: .dlist
        }
    }
}
