internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Hashes blocks on one thread, and sends those that a store does not have on to be packed into its volumes.
///
/// A block that several stores lack is packed once for all that want it packed as well.
final class BlockStorer {
    let hasher: HashContext
    private let lanes: WorkerLanes
    private let packers: [BlockPacker]
    /// What each packer made of the block at hand.
    private var made: [PackedContent?]

    /// Packed blocks go on in batches of about this size: handing over each by itself costs more than packing small ones.
    static let batchBytes = Int(RunMemory.batchBytes)

    init(settings: StoreSettings, lanes: WorkerLanes) {
        hasher = HashContext(settings.blockHash)
        self.lanes = lanes
        packers = lanes.compressionLevels.map { BlockPacker(level: $0, blockSize: settings.blockSize) }
        made = Array(repeating: nil, count: packers.count)
    }

    /// Makes sure that a block will be stored for each backup that it concerns, once its lane is flushed.
    /// - Returns: its numbers in the catalogs and its hash.
    func store(
        _ bytes: UnsafeRawBufferPointer, for group: PerTarget<Candidate>, isCompressible: Bool = true,
        isList: Bool = false
    ) -> (ids: PerTarget<Int64>, digest: Digest) {
        let digest = hasher.hash(bytes)
        return (store(bytes, digest: digest, for: group, isCompressible: isCompressible, isList: isList), digest)
    }

    /// Makes sure that a block whose hash is known will be stored, once its lanes are flushed.
    /// - Returns: its numbers in the catalogs; 0 for a backup that is out.
    func store(
        _ bytes: UnsafeRawBufferPointer, digest: Digest, for group: PerTarget<Candidate>, isCompressible: Bool = true,
        isList: Bool = false
    ) -> PerTarget<Int64> {
        var isAnyMade = false
        let ids = group.map { candidate in
            let lane = lanes[candidate.target]
            guard lane.target.isAttached else { return Int64(0) }
            let (id, isNew) = candidate.known.insert(digest)
            guard isNew else { return id }
            let content: PackedContent
            if let known = made[lane.packer] {
                content = known
            } else {
                content = packers[lane.packer].pack(
                    bytes, digest: digest, isCompressible: isCompressible, isList: isList)
                made[lane.packer] = content
                isAnyMade = true
            }
            lane.add(PackedBlock(id: id, content: content))
            return id
        }
        if isAnyMade { for packer in made.indices { made[packer] = nil } }
        return ids
    }
}
