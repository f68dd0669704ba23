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

    /// The data volumes to find blocks in.
    private var dblocks: [String: StoreListing.Item] = [:]
    /// The data volumes that are in the catalog.
    private var described: [String: CatalogVolume] = [:]
    /// The index volumes, by number, that describe a data volume.
    private var describers: [String: [Int64]] = [:]
    /// Data volumes of another size than their first description tells, and the index volume that has it.
    private var damaged: [String: (dblock: StoreListing.Item, description: VolumeDescription, dindex: ObjectName)] = [:]
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

    /// Adds a volume to the catalog.
    ///
    /// `size` is what the store says of it; where the destination lists another one, the difference stays visible.
    func addVolume(
        _ item: StoreListing.Item, size: Int64?, hash: Digest?, _ writer: borrowing CatalogWriter
    ) throws -> CatalogVolume {
        let volume = CatalogVolume(
            id: nextVolume, name: item.name.text, kind: item.name.kind.catalogKind, size: size ?? item.size ?? -1,
            hash: hash)
        nextVolume += 1
        try writer.put(volume)
        return volume
    }

    /// Reads index volumes, and the data volumes among `dblocks` that none of them describes; `known` are those that
    /// the catalog has already.
    ///
    /// Several index volumes may describe one data volume: two runs at a time, or a repair, leave such. All of their
    /// blocks count; where they contradict each other, the one that tells the size that is listed does.
    func run(
        dindexes: [StoreListing.Item], dblocks: [StoreListing.Item], known: [CatalogVolume],
        _ writer: borrowing CatalogWriter
    ) throws {
        self.dblocks = Dictionary(uniqueKeysWithValues: dblocks.map { ($0.name.text, $0) })
        described = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0) })
        namesByID = Dictionary(dblocks.map { ($0.name.id.lowercased(), $0.name.text) }) { first, _ in first }
        try ReadAhead.run(dindexes, name: "index") { [store, settings] item in
            Self.read(item, store, settings)
        } consume: { item, result in
            switch result {
            case .success(let content):
                let dindex = try addVolume(item, size: content.size, hash: content.hash, writer)
                try use(content, of: item, as: dindex.id, writer)
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
                problems.add(
                    Problem(.damaged, item.name.text, "\(error.faultOfObject); the volume it describes is read instead")
                )
                _ = try addVolume(item, size: nil, hash: nil, writer)
            }
        }
        try readUndescribed(
            dblocks.filter { described[$0.name.text] == nil && damaged[$0.name.text] == nil }.sorted {
                $0.name < $1.name
            }, writer)
        // Last, so that a block which is elsewhere too is taken from there.
        try addDamaged(writer)
        for (name, dindexes) in describers {
            guard let dblock = described[name] else { continue }
            for dindex in dindexes { try writer.addDescription(of: dblock.id, in: dindex) }
        }
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
        _ content: IndexContent, of item: StoreListing.Item, as dindex: Int64, _ writer: borrowing CatalogWriter
    ) throws {
        if content.damagedLists > 0 {
            problems.add(
                Problem(
                    .remoteObject, item.name.text,
                    "\(content.damagedLists) of its blocklists cannot be used; copies in data volumes are taken, and "
                        + "`dunnage repair --verify` writes it again"))
        }
        for (digest, bytes) in content.lists { contents?.keep(digest, content: bytes) }
        for description in content.descriptions {
            try use(description, of: item.name, writer)
            if let name = present(description)?.dblockName { describers[name, default: []].append(dindex) }
        }
    }

    /// Takes in one description of a data volume; there may be others of the same.
    private func use(
        _ description: VolumeDescription, of dindex: ObjectName, _ writer: borrowing CatalogWriter
    ) throws {
        guard description.isPossible(settings) else {
            problems.add(
                Problem(
                    .damaged, dindex.text,
                    "describes \(description.dblockName) with hashes or sizes that nothing in this store has; "
                        + "that volume itself is read instead"))
            if present(description) == nil { missing.append(description.onlyPossible(settings)) }
            return
        }
        guard let description = present(description) else {
            missing.append(description)
            return
        }
        let name = description.dblockName
        if let volume = described[name] {
            if description.fits(size: volume.size), description.fits(hash: volume.hash) {
                try place(description, in: volume.id, writer)
            } else {
                try reject(description, of: dindex, for: volume, writer)
            }
        } else if let dblock = dblocks[name] {
            let other = damaged[name]
            guard description.fits(size: dblock.size) else {
                if other == nil { damaged[name] = (dblock, description, dindex) }
                return
            }
            let volume = try addDescribed(dblock, description, writer)
            if let other {
                damaged[name] = nil
                try reject(other.description, of: other.dindex, for: volume, writer)
            }
        }
    }

    /// The description as one of a data volume that is there; nil when it is not.
    private func present(_ description: VolumeDescription) -> VolumeDescription? {
        if dblocks[description.dblockName] != nil || described[description.dblockName] != nil { return description }
        guard let name = ObjectName(parsing: description.dblockName), let present = namesByID[name.id.lowercased()]
        else { return nil }
        // Encrypted anew it has another size and hash.
        return VolumeDescription(
            dblockName: present, blocks: description.blocks, volumeHash: nil, volumeSize: nil)
    }

    private func addDescribed(
        _ dblock: StoreListing.Item, _ description: VolumeDescription, _ writer: borrowing CatalogWriter
    ) throws -> CatalogVolume {
        let volume = try addVolume(
            dblock, size: description.volumeSize, hash: description.volumeHash, writer)
        described[dblock.name.text] = volume
        try place(description, in: volume.id, writer)
        return volume
    }

    private func place(
        _ description: VolumeDescription, in volume: Int64, _ writer: borrowing CatalogWriter
    ) throws {
        for block in description.blocks { try blocks.place(block.digest, size: block.size, in: volume, writer) }
    }

    /// Passes over a description of another size or hash than a data volume has by a description used already.
    private func reject(
        _ description: VolumeDescription, of dindex: ObjectName, for volume: CatalogVolume,
        _ writer: borrowing CatalogWriter
    ) throws {
        problems.add(
            Problem(
                .remoteObject, dindex.text,
                "describes \(volume.name) with another size or hash than another index volume; it is passed over"))
        guard description.fits(size: volume.size) else { return }
        // Nobody knows which hash is right; every block still has its own.
        var volume = volume
        volume.hash = nil
        try writer.put(volume)
        described[volume.name] = volume
    }

    /// Adds the data volumes of another size than every description of them tells.
    private func addDamaged(_ writer: borrowing CatalogWriter) throws {
        for (name, (dblock, description, _)) in damaged.sorted(by: { $0.key < $1.key }) {
            if let told = description.volumeSize, let size = dblock.size {
                problems.add(Problem(.damaged, name, "is damaged: it has \(size) bytes instead of \(told)"))
            }
            _ = try addDescribed(dblock, description, writer)
        }
    }

    private func readUndescribed(_ items: [StoreListing.Item], _ writer: borrowing CatalogWriter) throws {
        try ReadAhead.run(items, threads: 2, name: "index") { [store, settings] item in
            Self.readBlocks(item, store, settings)
        } consume: { item, result in
            switch result {
            case .success(let content):
                let id = try addVolume(item, size: content.size, hash: content.hash, writer).id
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

extension VolumeDescription {
    /// Whether it may be of a volume of this size; unknown sizes fit.
    func fits(size: Int64?) -> Bool {
        guard let volumeSize, let size, size >= 0 else { return true }
        return volumeSize == size
    }

    /// Whether it may be of a volume with this hash; unknown hashes fit, and those of another algorithm.
    func fits(hash: Digest?) -> Bool {
        guard let volumeHash, let hash, volumeHash.count == hash.count else { return true }
        return volumeHash == hash
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
