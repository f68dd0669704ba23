internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Hashes blocks on one thread, and sends those that the store does not have on to be packed into volumes.
final class BlockStorer {
    let hasher: HashContext
    private let packer: BlockPacker
    private let packed: BoundedQueue<PackedBlock>

    init(settings: StoreSettings, compressionLevel: Int, packed: BoundedQueue<PackedBlock>) {
        hasher = HashContext(settings.blockHash)
        packer = BlockPacker(level: compressionLevel, blockSize: settings.blockSize)
        self.packed = packed
    }

    /// Makes sure that a block is or will be stored.
    /// - Returns: its number in the catalog and its hash.
    func store(
        _ bytes: UnsafeRawBufferPointer, index: BlockIndex, isCompressible: Bool = true, isList: Bool = false
    ) throws -> (id: Int64, digest: Digest) {
        let digest = hasher.hash(bytes)
        let (id, isNew) = index.insert(digest)
        if isNew {
            let block = packer.pack(
                bytes, id: id, digest: digest, isCompressible: isCompressible, isList: isList)
            guard packed.push(block) else { throw EngineError.cancelled }
        }
        return (id, digest)
    }

    /// Sends on what waits, which is nothing: each block goes on at once.
    func flush() throws {}
}
