internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Stores metadata blobs, as blocks like any other content.
final class MetadataStorer {
    /// A blob that is stored.
    struct Stored {
        let reference: ContentReference
        /// Whether the entry had the same metadata in the version before.
        let isAsBefore: Bool
    }

    private let settings: StoreSettings
    private let lanes: WorkerLanes
    private let storer: BlockStorer
    private let fileHasher: HashContext
    private var blob: [UInt8] = []

    init(_ settings: StoreSettings, _ lanes: WorkerLanes, storer: BlockStorer) {
        self.settings = settings
        self.lanes = lanes
        self.storer = storer
        fileHasher = HashContext(settings.fileHash)
    }

    /// Stores the metadata of an entry, which mostly is a single small block, for each backup that it concerns.
    func store(_ metadata: Metadata, for group: PerTarget<Candidate>) -> PerTarget<Stored> {
        blob.removeAll(keepingCapacity: true)
        MetadataBlob.append(metadata, to: &blob)
        return blob.withUnsafeBytes { bytes in
            if settings.hashesAreShared, bytes.count <= settings.blockSize {
                return stored(storer.store(bytes, for: group).ids, of: group)
            }
            let hash = fileHasher.hash(bytes)
            let isAsBefore = group.map { $0.previous != nil && $0.previousMetadataHash == hash }
            let needing = group.filter { position, _ in !isAsBefore[position] }
            let content = needing.map { store(blocks: bytes, for: $0) }
            var next = 0
            return group.map { candidate in
                if let previous = candidate.previous, candidate.previousMetadataHash == hash {
                    return Stored(reference: previous.metadata, isAsBefore: true)
                }
                let lane = lanes[candidate.target]
                let id = lane.target.counters.newContentID()
                lane.add(
                    .content(
                        CatalogContent(
                            id: id, size: Int64(bytes.count), hash: hash, lists: content?.lists(of: next) ?? [])))
                next += 1
                return Stored(reference: .content(id), isAsBefore: false)
            }
        }
    }

    private func stored(_ ids: PerTarget<Int64>, of group: PerTarget<Candidate>) -> PerTarget<Stored> {
        func stored(_ position: Int) -> Stored {
            let reference = ContentReference.block(ids[position])
            return Stored(reference: reference, isAsBefore: group[position].previous?.metadata == reference)
        }
        var all = PerTarget(stored(0))
        for position in 1..<max(1, group.count) { all.append(stored(position)) }
        return all
    }

    private func store(blocks bytes: UnsafeRawBufferPointer, for group: PerTarget<Candidate>) -> ContentBuilder {
        var builder = ContentBuilder(settings: settings, stores: group.count)
        for start in stride(from: 0, to: bytes.count, by: settings.blockSize) {
            let end = min(bytes.count, start + settings.blockSize)
            let block = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            let (ids, digest) = storer.store(block, for: group)
            builder.add(ids, digest: digest, size: block.count) { storer.store($0, for: group, isList: true).ids }
        }
        builder.finish { storer.store($0, for: group, isList: true).ids }
        return builder
    }
}
