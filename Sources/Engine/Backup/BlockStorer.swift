internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Hashes blocks on one thread, and sends those that the store does not have on to be packed into volumes.
final class BlockStorer {
    let hasher: HashContext
    private let packer: BlockPacker
    private let packed: BoundedQueue<[PackedBlock]>
    private var waiting: [PackedBlock] = []
    private var waitingBytes = 0

    /// Packed blocks go on in batches of about this size: handing over each by itself costs more than packing small ones.
    static let batchBytes = 256 << 10
    private static let batchCount = 128

    init(settings: StoreSettings, compressionLevel: Int, packed: BoundedQueue<[PackedBlock]>) {
        hasher = HashContext(settings.blockHash)
        packer = BlockPacker(level: compressionLevel, blockSize: settings.blockSize)
        self.packed = packed
    }

    /// Makes sure that a block will be stored, once `flush()` was called.
    /// - Returns: its number in the catalog and its hash.
    func store(
        _ bytes: UnsafeRawBufferPointer, index: BlockIndex, isCompressible: Bool = true, isList: Bool = false
    ) throws -> (id: Int64, digest: Digest) {
        let digest = hasher.hash(bytes)
        let id = try store(bytes, digest: digest, index: index, isCompressible: isCompressible, isList: isList)
        return (id, digest)
    }

    /// Makes sure that a block whose hash is known will be stored, once `flush()` was called.
    /// - Returns: its number in the catalog.
    func store(
        _ bytes: UnsafeRawBufferPointer, digest: Digest, index: BlockIndex, isCompressible: Bool = true,
        isList: Bool = false
    ) throws -> Int64 {
        let (id, isNew) = index.insert(digest)
        if isNew {
            let block = packer.pack(
                bytes, id: id, digest: digest, isCompressible: isCompressible, isList: isList)
            waiting.append(block)
            waitingBytes += block.packed.count
            if waitingBytes >= Self.batchBytes || waiting.count >= Self.batchCount { try flush() }
        }
        return id
    }

    /// Sends on what waits.
    func flush() throws {
        guard !waiting.isEmpty else { return }
        guard packed.push(waiting) else { throw EngineError.cancelled }
        waiting.removeAll(keepingCapacity: true)
        waitingBytes = 0
    }
}
