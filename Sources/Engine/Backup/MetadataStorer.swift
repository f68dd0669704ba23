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
    private let counters: BackupCounters
    private let storer: BlockStorer
    private let fileHasher: HashContext
    private var blob: [UInt8] = []

    init(_ context: BackupContext, storer: BlockStorer) {
        settings = context.settings
        counters = context.counters
        self.storer = storer
        fileHasher = HashContext(context.settings.fileHash)
    }

    /// Stores the metadata of an entry, which mostly is a single small block.
    func store(
        _ metadata: Metadata, _ candidate: Candidate, index: BlockIndex, record: (CatalogChange) -> Void
    ) throws -> Stored {
        blob.removeAll(keepingCapacity: true)
        MetadataBlob.append(metadata, to: &blob)
        return try blob.withUnsafeBytes { bytes in
            if settings.hashesAreShared, bytes.count <= settings.blockSize {
                let reference = ContentReference.block(try storer.store(bytes, index: index).id)
                return Stored(reference: reference, isAsBefore: candidate.previous?.metadata == reference)
            }
            let hash = fileHasher.hash(bytes)
            if let previous = candidate.previous, candidate.previousMetadataHash == hash {
                return Stored(reference: previous.metadata, isAsBefore: true)
            }
            var builder = ContentBuilder(settings: settings)
            for start in stride(from: 0, to: bytes.count, by: settings.blockSize) {
                let end = min(bytes.count, start + settings.blockSize)
                let block = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                let (id, digest) = try storer.store(block, index: index)
                try builder.add(id, digest: digest, size: block.count) {
                    try storer.store($0, index: index, isList: true).id
                }
            }
            try builder.finish { try storer.store($0, index: index, isList: true).id }
            let id = counters.newContentID()
            record(.content(CatalogContent(id: id, size: Int64(bytes.count), hash: hash, lists: builder.lists)))
            return Stored(reference: .content(id), isAsBefore: false)
        }
    }
}
