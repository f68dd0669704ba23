internal import Catalog
internal import Cryptography

/// The blocks that a catalog promises to be in a few data volumes.
struct ExpectedBlocks: Sendable {
    /// A promised block.
    struct Block: Sendable {
        let id: Int64
        let size: Int
    }

    /// By the volume's number; a volume that was asked for and holds nothing is there, too.
    private(set) var volumes: [Int64: [Digest: Block]] = [:]

    /// No promises.
    init() {}

    /// What `reader` promises of these volumes, in one pass over its blocks.
    init(_ reader: borrowing CatalogReader, volumes wanted: Set<Int64>) throws {
        volumes = Dictionary(uniqueKeysWithValues: wanted.map { ($0, [:]) })
        guard !wanted.isEmpty else { return }
        // Kept out of the dictionary of dictionaries while it grows: each is changed in place.
        try reader.forEachBlock { id, hash, size, volume in
            guard wanted.contains(volume), let digest = Digest(hash) else { return }
            volumes[volume]?[digest] = Block(id: id, size: size)
        }
    }
}
