internal import Catalog
internal import Cryptography

/// The numbers of blocks while a catalog is being filled: each hash gets one, whether its block was found or only
/// mentioned.
final class BlockRegistry {
    /// A block that something mentions and no volume has.
    struct Missing {
        let id: Int64
        let digest: Digest
        let size: Int
    }

    private let index: BlockIndex
    private let firstID: Int64
    /// For each number from `firstID` on.
    private var volumes: [Int32] = []
    /// Blocks that the catalog has rows for, but no volume.
    private var unplaced: [Digest: Int64] = [:]
    /// Blocks that were mentioned before any volume was found to have them.
    private(set) var missing: [Missing] = []

    /// A registry for a new catalog.
    init(digestLength: Int) {
        index = BlockIndex(digestLength: digestLength, nextID: 1)
        firstID = 1
    }

    /// A registry that goes on with a catalog's blocks.
    init(from reader: borrowing CatalogReader, digestLength: Int) throws {
        index = try BlockIndex(from: reader, digestLength: digestLength)
        firstID = try reader.nextIdentifiers().block
        try reader.forEachBlock { id, hash, _, volume in
            if volume == 0, let digest = Digest(hash) { unplaced[digest] = id }
        }
    }

    /// Records that a volume has a block: its home, if it is the first, else a further one.
    func place(_ digest: Digest, size: Int, in volume: Int64, _ writer: borrowing CatalogWriter) throws {
        if let id = unplaced.removeValue(forKey: digest) {
            try writer.moveBlock(id, to: volume)
            return
        }
        let (id, isNew) = index.insert(digest)
        guard isNew else { return try writer.addDuplicate(of: id, in: volume) }
        volumes.append(Int32(truncatingIfNeeded: volume))
        try writer.add(CatalogBlock(id: id, digest: digest, size: size, volume: volume))
    }

    /// The number of a block that something is made of, stored or not.
    func refer(to digest: Digest, size: Int) -> Int64 {
        let (id, isNew) = index.insert(digest)
        if isNew {
            volumes.append(0)
            missing.append(Missing(id: id, digest: digest, size: size))
        }
        return id
    }

    /// The volume of a block by its hash, or 0.
    func volume(of digest: Digest) -> Int64 {
        guard let id = index.find(digest), id >= firstID else { return 0 }
        return Int64(volumes[Int(id - firstID)])
    }

    /// Adds rows for the blocks that no volume has, so that what mentions them can say so.
    func writeMissing(_ writer: borrowing CatalogWriter) throws {
        for block in missing {
            try writer.add(CatalogBlock(id: block.id, digest: block.digest, size: block.size, volume: 0))
        }
    }
}
