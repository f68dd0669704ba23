internal import Catalog
internal import StoreFormat
internal import Support

/// Sends data volumes, each followed by its index volume, and tells the catalog when both are safe.
struct VolumeUploader {
    let context: BackupContext

    /// Works until the queue ends.
    func run() throws {
        while let volume = context.queues.volumes.pop() {
            try context.upload(volume.sealed)
            let data = CatalogVolume(
                id: volume.id, name: volume.sealed.name.text, kind: .dblock, size: volume.sealed.size,
                hash: volume.sealed.hash)
            let index = try uploadIndex(of: data, blocks: volume.blocks, lists: volume.lists)
            guard context.queues.changes.push([.volumes([data, index], blocks: volume.blocks)]) else {
                throw EngineError.cancelled
            }
        }
    }

    /// Writes and sends the description of a data volume.
    func uploadIndex(
        of data: CatalogVolume, blocks: [CatalogBlock], lists: [FinishedVolume.List]
    ) throws -> CatalogVolume {
        let writer = try context.newVolume(.dindex(prefix: context.prefix, encryption: context.encryption))
        try writer.add(
            VolumeDescription(
                dblockName: data.name, blocks: blocks.map { BlockReference($0.digest, size: $0.size) },
                volumeHash: data.hash, volumeSize: data.size))
        for list in lists {
            try list.content.withUnsafeBytes { try writer.add(blocklist: list.digest, content: $0) }
        }
        let sealed = try writer.finish()
        try context.upload(sealed)
        return CatalogVolume(
            id: context.counters.newVolumeID(), name: sealed.name.text, kind: .dindex, size: sealed.size,
            hash: sealed.hash)
    }
}
