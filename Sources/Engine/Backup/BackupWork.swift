internal import Archive
internal import Catalog
internal import Cryptography
internal import StoreFormat

/// An entry that is new or may have changed, for one of the backups that are fed.
struct Candidate: Sendable {
    /// Its place in the listing.
    let index: Int
    /// The place of the backup among those that the reading feeds.
    let target: Int
    /// The number of its folder in the catalog of that backup.
    let folder: Int64
    /// What the catalog has under this name, if anything.
    let previous: CatalogEntry?
    /// Whether the previous state is not stored completely, so that it has to be read and stored again.
    let isLost: Bool
    /// The hash of the previous data, where the reference alone does not tell.
    let previousDataHash: Digest?
    /// The hash of the previous metadata, where the reference alone does not tell.
    let previousMetadataHash: Digest?
    /// The blocks that the store of that backup has.
    let known: BlockIndex
}

/// Candidates of one folder, for one worker; those of one entry follow each other.
struct FolderBatch: Sendable {
    let listing: FolderListing
    let candidates: [Candidate]

    /// Calls `body` with the candidates of each entry.
    func forEachEntry(_ body: (PerTarget<Candidate>) throws -> Void) rethrows {
        var position = 0
        while position < candidates.count {
            var group = PerTarget(candidates[position])
            position += 1
            while position < candidates.count, candidates[position].index == candidates[position - 1].index {
                group.append(candidates[position])
                position += 1
            }
            try body(group)
        }
    }
}

/// What workers take from their queue.
enum Work: Sendable {
    case folder(FolderBatch)
    case block(LargeFile, position: Int, BlockBuffer, Digest)
}

/// The bytes of a block as volumes have them, the same for every store that has blocks of this size and hash.
struct PackedContent: Sendable {
    let digest: Digest
    let size: Int
    let crc: UInt32
    let method: ZipMethod
    let packed: [UInt8]
    /// For a block that lists hashes, its content: the index volume carries it as well.
    let list: [UInt8]?
}

/// A block that is new to a store, packed and on its way into a volume.
struct PackedBlock: Sendable {
    /// Its number in the catalog of that store.
    let id: Int64
    let content: PackedContent
}

/// What the catalog must learn, in any order.
enum CatalogChange: Sendable {
    case addFolder(Int64, path: [UInt8])
    /// A new state of an entry; `replaces` when there is one to be closed.
    case open(CatalogEntry, folder: Int64, replaces: Bool)
    case close([UInt8], folder: Int64)
    case touch([UInt8], folder: Int64, modified: Int64, changed: Int64)
    case content(CatalogContent)
    /// Remote objects, verified at the destination, and the blocks in them.
    case volumes([CatalogVolume], blocks: [CatalogBlock])
}
