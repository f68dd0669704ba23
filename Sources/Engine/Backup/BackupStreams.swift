internal import StoreFormat
internal import Support

/// The queues between the stages of a backup, each bounded, so that the slowest stage sets the pace and memory stays flat.
struct BackupStreams: Sendable {
    /// Walk to detector.
    let listings: BoundedQueue<FolderListing>
    /// Detector to the reader of large files.
    let largeFiles: BoundedQueue<FolderBatch>
    /// Detector and large-file reader to workers.
    let work: BoundedQueue<Work>
    /// Workers to the volume packer, in batches.
    let packed: BoundedQueue<[PackedBlock]>
    /// Volume packer to uploaders.
    let volumes: BoundedQueue<FinishedVolume>
    /// Everybody to the catalog.
    let changes: BoundedQueue<[CatalogChange]>
    /// Buffers of large files.
    let buffers: BlockBufferPool
    /// Files above this size are read block by block on their own thread, so that all workers share one file's blocks.
    let largeFileSize: Int64

    init(_ pipeline: Pipeline, settings: StoreSettings, workers: Int) {
        // What waits between stages is at most about 48 MiB, whatever the block size.
        let batches = max(4, (16 << 20) / (settings.blockSize + BlockStorer.batchBytes))
        listings = pipeline.queue(of: FolderListing.self, capacity: 64)
        largeFiles = pipeline.queue(of: FolderBatch.self, capacity: 16)
        work = pipeline.queue(of: Work.self, capacity: max(8, workers * 4))
        packed = pipeline.queue(of: [PackedBlock].self, capacity: batches)
        volumes = pipeline.queue(of: FinishedVolume.self, capacity: 1)
        changes = pipeline.queue(of: [CatalogChange].self, capacity: 256)
        let pool = BlockBufferPool(
            count: max(4, min(64, (16 << 20) / settings.blockSize)), capacity: settings.blockSize)
        buffers = pool
        pipeline.onFailure { pool.cancel() }
        largeFileSize = max(4 << 20, Int64(settings.blockSize) * 4)
    }
}
