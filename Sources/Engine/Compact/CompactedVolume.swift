internal import Archive
internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// A data volume in the making, filled with blocks as they are packed elsewhere.
final class CompactedVolume {
    private let store: Store
    private let encryption: Encryption
    private let writer: VolumeWriter
    private var blocks: [BlockReference] = []
    private var lists: [(digest: Digest, content: [UInt8])] = []
    /// The numbers of the blocks in it, and of the volume that each came from.
    private(set) var moved: [(block: Int64, source: Int64)] = []

    /// More than what the headers of one more entry take: both name the block, and know sizes beyond 4 GiB.
    private static let entryOverhead = 512

    init(_ store: Store, prefix: String, encryption: Encryption, settings: StoreSettings) throws {
        self.store = store
        self.encryption = encryption
        writer = try VolumeWriter(
            name: .dblock(prefix: prefix, encryption: encryption), settings: settings, passphrase: store.passphrase,
            folder: store.temporaryFolder, created: .now())
    }

    /// Whether there is room for one more block of this packed size; an empty volume takes any.
    func hasRoom(for packedSize: Int, volumeSize: Int64) -> Bool {
        blocks.isEmpty || writer.estimatedSize + Int64(packedSize + Self.entryOverhead) <= volumeSize
    }

    /// Adds a block that was found intact in `reader`.
    func add(
        _ block: CompactSource.Block, from source: Int64, _ stored: StoredBlock, of reader: VolumeReader,
        _ scratch: BlockScratch
    ) throws {
        switch stored.entry.method {
        case .stored, .deflate:
            try reader.withPacked(stored) { packed in
                try writer.add(
                    block: block.digest, packed: packed, method: stored.entry.method, size: stored.size,
                    crc: stored.entry.crc)
            }
        default:
            // Other methods have flags in their headers, and not every reader of the format knows them.
            try reader.withBlock(block.digest, scratch: scratch) { bytes in
                let packed = BlockPacker(level: 6, blockSize: bytes.count).pack(bytes, digest: block.digest)
                try packed.packed.withUnsafeBytes { packedBytes in
                    try writer.add(
                        block: block.digest, packed: packedBytes, method: packed.method, size: packed.size,
                        crc: packed.crc)
                }
            }
        }
        if block.isList {
            lists.append((block.digest, try reader.withBlock(block.digest, scratch: scratch) { Array($0) }))
        }
        blocks.append(BlockReference(block.digest, size: block.size))
        moved.append((block.id, source))
    }

    /// Ends the volume and sends it, then its index volume.
    ///
    /// - Returns: what the catalog has to know of both; their numbers are to be given yet.
    func send() throws -> (dblock: CatalogVolume, dindex: CatalogVolume) {
        let data = try writer.finish()
        try store.upload(data)
        let index = try VolumeWriter(
            name: .dindex(prefix: data.name.prefix, encryption: encryption), settings: writer.settings,
            passphrase: store.passphrase, folder: store.temporaryFolder, created: .now())
        try index.add(
            VolumeDescription(
                dblockName: data.name.text, blocks: blocks, volumeHash: data.hash, volumeSize: data.size))
        for list in lists {
            try list.content.withUnsafeBytes { try index.add(blocklist: list.digest, content: $0) }
        }
        let sealed = try index.finish()
        try store.upload(sealed)
        return (
            CatalogVolume(id: 0, name: data.name.text, kind: .dblock, size: data.size, hash: data.hash),
            CatalogVolume(id: 0, name: sealed.name.text, kind: .dindex, size: sealed.size, hash: sealed.hash)
        )
    }
}
