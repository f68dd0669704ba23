internal import Archive
internal import Catalog
internal import Cryptography
internal import StoreFormat

/// An entry that is new or may have changed.
struct Candidate: Sendable {
    /// Its place in the listing.
    let index: Int
    /// What the catalog has under this name, if anything.
    let previous: CatalogEntry?
    /// Whether the previous state is not stored completely, so that it has to be read and stored again.
    let isLost: Bool
    /// The hash of the previous data, where the reference alone does not tell.
    let previousDataHash: Digest?
    /// The hash of the previous metadata, where the reference alone does not tell.
    let previousMetadataHash: Digest?
}

/// Candidates of one folder, for one worker.
struct FolderBatch: Sendable {
    let folder: Int64
    let listing: FolderListing
    let candidates: [Candidate]
    let index: BlockIndex
}

/// What workers take from their queue.
enum Work: Sendable {
    case folder(FolderBatch)
    case block(LargeFile, position: Int, BlockBuffer, Digest)
}

/// A block that is new to the store, packed and on its way into a volume.
struct PackedBlock: Sendable {
    let id: Int64
    let digest: Digest
    let size: Int
    let crc: UInt32
    let method: ZipMethod
    let packed: [UInt8]
    /// For a block that lists hashes, its content: the index volume carries it as well.
    let list: [UInt8]?
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
