internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// A data volume ready to be sent, and what its index volume has to say.
struct FinishedVolume: Sendable {
    let id: Int64
    let sealed: SealedVolume
    let blocks: [CatalogBlock]
    /// The blocks in it that list hashes, with their content.
    let lists: [List]

    struct List: Sendable {
        let digest: Digest
        let content: [UInt8]
    }
}

/// Puts packed blocks into data volumes: zip, encryption and hash in one pass, on one thread.
final class VolumePacker {
    private let context: BackupContext
    private var writer: VolumeWriter?
    private var id: Int64 = 0
    private var blocks: [CatalogBlock] = []
    private var lists: [FinishedVolume.List] = []

    init(_ context: BackupContext) {
        self.context = context
    }

    /// Works until the queue ends.
    func run() throws {
        while let batch = context.queues.packed.pop() {
            for block in batch { try add(block) }
        }
        if !blocks.isEmpty { try send() }
    }

    private func add(_ block: PackedBlock) throws {
        let writer = try currentWriter()
        let content = block.content
        try content.packed.withUnsafeBytes { bytes in
            try writer.add(
                block: content.digest, packed: bytes, method: content.method, size: content.size, crc: content.crc)
        }
        blocks.append(CatalogBlock(id: block.id, digest: content.digest, size: content.size, volume: id))
        if let list = content.list { lists.append(.init(digest: content.digest, content: list)) }
        if writer.isFull(volumeSize: context.volumeSize) { try send() }
    }

    private func currentWriter() throws -> VolumeWriter {
        if let writer { return writer }
        let created = try context.newVolume(.dblock(prefix: context.prefix, encryption: context.encryption))
        id = context.counters.newVolumeID()
        writer = created
        return created
    }

    private func send() throws {
        guard let writer else { return }
        let finished = FinishedVolume(id: id, sealed: try writer.finish(), blocks: blocks, lists: lists)
        self.writer = nil
        blocks.removeAll()
        lists.removeAll()
        guard context.queues.volumes.push(finished) else { throw EngineError.cancelled }
    }
}
