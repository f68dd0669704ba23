internal import StoreFormat
internal import Support

/// The queues between the stages that read the sources, each bounded, so that the slowest stage sets the pace and memory
/// stays flat.
struct CaptureStreams: Sendable {
    /// Walk to detector.
    let listings: BoundedQueue<FolderListing>
    /// Detector to the reader of large files.
    let largeFiles: BoundedQueue<FolderBatch>
    /// Detector and large-file reader to workers.
    let work: BoundedQueue<Work>
    /// Buffers of large files.
    let buffers: BlockBufferPool
    /// Files above this size are read block by block on their own thread, so that all workers share one file's blocks.
    let largeFileSize: Int64

    init(_ pipeline: Pipeline, settings: StoreSettings, workers: Int, memory: RunMemory?) {
        listings = pipeline.queue(of: FolderListing.self, capacity: memory == nil ? 64 : 16)
        largeFiles = pipeline.queue(of: FolderBatch.self, capacity: 16)
        work = pipeline.queue(of: Work.self, capacity: max(8, workers * 4))
        let pool = BlockBufferPool(
            count: memory?.buffers ?? max(4, min(64, (16 << 20) / settings.blockSize)), capacity: settings.blockSize)
        buffers = pool
        pipeline.onFailure { pool.cancel() }
        largeFileSize = max(4 << 20, Int64(settings.blockSize) * 4)
    }
}
