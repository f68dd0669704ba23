internal import Catalog
internal import Cryptography
internal import StoreFormat

/// A data volume that is to be rewritten, with what has to be taken from it.
struct CompactSource: Sendable {
    /// A block that a version needs.
    struct Block: Sendable {
        let id: Int64
        let digest: Digest
        let size: Int
        let isList: Bool
    }

    let volume: CatalogVolume
    var blocks: [Block] = []

    /// A fetched source and which of the blocks in it are not what they should be.
    struct Content: Sendable {
        let fetched: FetchedVolume
        let damaged: [Block]
    }

    /// Fetches the volume and checks the hash of every block that is to be taken from it.
    func fetch(_ store: Store, _ settings: StoreSettings) -> Result<Content, EngineError> {
        Result { () throws(EngineError) in
            guard let name = ObjectName(parsing: volume.name) else {
                throw .damagedObject(volume.name, detail: "its name is not one of the store's")
            }
            let fetched = try store.fetch(
                name, expecting: ObjectExpectation(size: volume.size, hash: volume.hash), settings: settings,
                tolerant: true)
            let scratch = BlockScratch(settings: settings)
            var damaged: [Block] = []
            for block in blocks {
                try store.cancellation.check()
                if try !Self.isIntact(block, in: fetched.reader, scratch) { damaged.append(block) }
            }
            return Content(fetched: fetched, damaged: damaged)
        }
    }

    /// Whether a volume has a block with the content that it should have.
    static func isIntact(
        _ block: Block, in reader: VolumeReader, _ scratch: BlockScratch
    ) throws(EngineError) -> Bool {
        do {
            return try reader.withBlock(block.digest, scratch: scratch) { $0.count == block.size }
        } catch let error as StoreFormatError {
            switch error.kind {
            case .damaged, .entryMissing, .unsupported: return false
            default: throw .format(error)
            }
        } catch {
            throw EngineError(error, doing: "read \(reader.name)")
        }
    }

    /// The blocks to be taken from some volumes; the rest of the catalog is only passed by.
    static func load(
        _ volumes: [CatalogVolume], _ usage: BlockUsage, _ reader: borrowing CatalogReader
    ) throws -> [CompactSource] {
        var sources = volumes.map { CompactSource(volume: $0) }
        let positions = Dictionary(uniqueKeysWithValues: volumes.enumerated().map { ($1.id, $0) })
        try reader.forEachBlock { id, hash, size, volume in
            guard let position = positions[volume], usage.isUsed(block: id), let digest = Digest(hash) else { return }
            sources[position].blocks.append(
                Block(id: id, digest: digest, size: size, isList: usage.isList(block: id)))
        }
        return sources
    }
}
