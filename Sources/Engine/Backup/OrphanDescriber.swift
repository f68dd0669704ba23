internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Writes index volumes for data volumes that an interrupted run had sent without.
struct OrphanDescriber {
    let context: BackupContext

    /// Describes each volume, and tells the catalog of the new objects.
    ///
    /// One that cannot be read is named, and waits: its blocks are stored again, and a repair replaces it.
    func run(_ orphans: [ObjectName], _ writer: borrowing CatalogWriter) throws {
        guard !orphans.isEmpty else { return }
        let names = Set(orphans.map(\.text))
        let index = try writer.reading { reader in
            try BlockIndex(from: reader, digestLength: context.settings.blockHash.digestLength)
        }
        let volumes = try writer.reading { try $0.volumes().filter { names.contains($0.name) } }
        // A name that the catalog does not know any more is nobody's.
        var done = names.subtracting(volumes.map(\.name))
        for volume in volumes {
            guard let name = orphans.first(where: { $0.text == volume.name }) else { continue }
            let reader: VolumeReader
            do throws(EngineError) {
                reader = try context.store.fetch(
                    name, expecting: ObjectExpectation(size: volume.size, hash: volume.hash),
                    settings: context.settings
                ).reader
            } catch {
                guard error.concernsOneObject else { throw error }
                context.problems.add(Problem(.damaged, volume.name, error.faultOfObject))
                continue
            }
            let held = reader.blocks.map { CatalogBlock(id: 0, digest: $0.digest, size: $0.size, volume: volume.id) }
            let described = try VolumeUploader(context: context).uploadIndex(
                of: volume, blocks: held, lists: try blocklists(in: reader, index))
            try writer.put(described)
            try writer.addDescription(of: volume.id, in: described.id)
            done.insert(volume.name)
        }
        try CatalogSync.forgetOrphans(done, writer)
    }

    /// The volume's blocks that list the hashes of others.
    ///
    /// Nothing in a data volume says which blocks these are. A block made of hashes alone, one of them that of a known
    /// block, is taken for one: chance does not produce that.
    private func blocklists(in reader: VolumeReader, _ index: BlockIndex) throws -> [FinishedVolume.List] {
        let length = context.settings.blockHash.digestLength
        let candidates = reader.blocks.filter { $0.size >= length && $0.size % length == 0 }
        let scratch = BlockScratch(settings: context.settings)
        return try candidates.compactMap { candidate -> FinishedVolume.List? in
            try reader.withBlock(candidate.digest, scratch: scratch) { bytes -> FinishedVolume.List? in
                let isList = stride(from: 0, to: bytes.count, by: length).contains { start in
                    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                    return Digest(part).map { index.find($0) != nil } ?? false
                }
                return isList ? .init(digest: candidate.digest, content: Array(bytes)) : nil
            }
        }
    }
}
