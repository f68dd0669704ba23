internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// New data volumes for blocks that were lost, each sent with its index volume when it is full.
final class RescueVolume {
    private let context: RepairContext
    private let packer: BlockPacker
    private var writer: VolumeWriter?
    private var blocks: [BlockReference] = []
    private var lists: [(digest: Digest, content: [UInt8])] = []
    private var ids: [Int64] = []
    /// What was sent: data volume, index volume, and the numbers of the blocks in it.
    private(set) var sent: [(dblock: CatalogVolume, dindex: CatalogVolume, blocks: [Int64])] = []

    init(_ context: RepairContext) {
        self.context = context
        packer = BlockPacker(level: 6, blockSize: context.settings.blockSize)
    }

    /// Adds a block whose content was checked.
    func add(_ block: LostBlock, _ bytes: UnsafeRawBufferPointer) throws {
        let writer = try self.writer ?? context.newVolume(context.newDataVolumeName())
        self.writer = writer
        let packed = packer.pack(bytes, digest: block.digest)
        try packed.packed.withUnsafeBytes { content in
            try writer.add(
                block: block.digest, packed: content, method: packed.method, size: packed.size, crc: packed.crc)
        }
        blocks.append(BlockReference(block.digest, size: block.size))
        ids.append(block.id)
        if block.isList { lists.append((block.digest, Array(bytes))) }
        if writer.isFull(volumeSize: context.options.volumeSize) { try send() }
    }

    /// Sends what is left.
    func finish() throws {
        if writer != nil { try send() }
    }

    private func send() throws {
        guard let writer else { return }
        let dblock = try context.send(writer)
        let dindex = try context.sendIndex(of: dblock, blocks: blocks, lists: lists)
        let words = Count(blocks.count, "block that was", "blocks that were")
        context.summary.add(.dataWritten, dblock.name, "\(words) lost or in damaged volumes")
        sent.append((dblock, dindex, ids))
        self.writer = nil
        blocks.removeAll()
        lists.removeAll()
        ids.removeAll()
    }
}
