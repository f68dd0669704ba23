internal import StoreFormat
internal import Support

/// The queues between the stages that belong to one backup; they end when that backup fails, and others go on.
struct BackupQueues: Sendable {
    /// Workers to the volume packer, in batches.
    let packed: BoundedQueue<[PackedBlock]>
    /// Volume packer to uploaders.
    let volumes: BoundedQueue<FinishedVolume>
    /// Everybody to the catalog.
    let changes: BoundedQueue<[CatalogChange]>

    /// Bytes of finished volumes that may wait in the temporary folder for a destination that is slower than others.
    static let spill: Int64 = 256 << 20

    /// - Parameters:
    ///   - pipeline: that of the backup.
    ///   - settings: those of its store.
    ///   - volumeSize: bytes of a volume, for those backups that share a reading with others: they may fall behind by
    ///     some volumes before they hold the others back.
    ///   - memory: how the run divides its memory; nil when it is not limited.
    init(_ pipeline: Pipeline, settings: StoreSettings, sharedWithVolumes volumeSize: Int64?, memory: RunMemory?) {
        // What waits between stages is at most about 48 MiB, whatever the block size.
        packed = pipeline.queue(
            of: [PackedBlock].self,
            capacity: memory?.batches ?? max(4, (16 << 20) / (settings.blockSize + BlockStorer.batchBytes)))
        let waiting = volumeSize.map { max(1, min(8, Self.spill / max(1, $0))) } ?? 1
        volumes = pipeline.queue(of: FinishedVolume.self, capacity: Int(waiting))
        changes = pipeline.queue(of: [CatalogChange].self, capacity: memory?.changes ?? 256)
    }
}
