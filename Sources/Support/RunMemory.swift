/// How a backup divides the memory that it may take, and how much that must be at least.
///
/// What grows with the store, the index of its blocks, gets what is left: ``index``.
public struct RunMemory: Sendable, Hashable {
    /// What a run is like, as far as its memory depends on it.
    public struct Demand: Sendable, Hashable {
        /// Bytes of a block.
        public var blockSize: Int64
        /// Bytes of a volume.
        public var volumeSize: Int64
        /// Whether blocks are packed as small as can be, which takes tables of many megabytes for each thread.
        public var packsBest: Bool
        /// How many stores it has.
        public var stores: Int

        /// A demand from its parts.
        public init(blockSize: Int64, volumeSize: Int64, packsBest: Bool, stores: Int) {
            // No memory holds these, and sums of them must not overflow.
            self.blockSize = min(blockSize, 1 << 40)
            self.volumeSize = min(volumeSize, 1 << 50)
            self.packsBest = packsBest
            self.stores = min(max(1, stores), 1 << 10)
        }

        /// The least memory that a run of this kind can keep to.
        public var least: Int64 {
            let reading = RunMemory.first.cost(of: self)
            // A volume that is read back or compacted is in memory as a whole, while other stores may still be fed.
            let volume = volumeSize + blockSize + RunMemory.besideVolume
            return RunMemory.program + (stores > 1 ? reading + volume : max(reading, volume))
        }

        /// The same as somebody would write it: `112MiB`.
        public var leastWritten: String { "\((least + (1 << 20) - 1) >> 20)MiB" }
    }

    /// Threads that read, hash and pack.
    public var workers: Int
    /// Blocks of large files that wait for a worker.
    public var buffers: Int
    /// Batches of packed blocks that wait for each store's volume.
    public var batches: Int
    /// Batches of changes that wait for each store's catalog.
    public var changes: Int
    /// Bytes that are left for the indexes of blocks.
    public var index: Int64 = 0

    /// About what a block takes in an index.
    public static let indexedBlock: Int64 = 64

    /// Bytes of packed blocks that make a batch, beside the block that fills it.
    public static let batchBytes: Int64 = 256 << 10

    /// The program itself, with what every run has: its code, libraries, stacks, connections.
    ///
    /// A build for debugging has the most of it, and is what tests measure.
    private static let program: Int64 = 64 << 20
    /// What reading a volume back takes beside its content.
    private static let besideVolume: Int64 = 14 << 20
    private static let changeBatch: Int64 = 64 << 10
    private static let catalog: Int64 = 3 << 20

    /// The smallest division.
    private static let first = RunMemory(workers: 1, buffers: 2, batches: 2, changes: 32)

    private init(workers: Int, buffers: Int, batches: Int, changes: Int) {
        self.workers = workers
        self.buffers = buffers
        self.batches = batches
        self.changes = changes
    }

    /// The division of so many bytes; nil when they are less than the demand's ``Demand/least``.
    public init?(_ limit: Int64, for demand: Demand, processors: Int) {
        guard limit >= demand.least else { return nil }
        var best = Self.first
        // Half of what is to spare is for speed, the rest for the index.
        let most = Self.first.cost(of: demand) + (limit - demand.least) / 2
        for factor in 2...32 {
            let next = RunMemory(
                workers: min(processors, factor), buffers: min(64, 2 * factor), batches: min(64, 2 * factor),
                changes: min(256, 32 * factor))
            guard next.cost(of: demand) <= most else { break }
            best = next
        }
        self = best
        index = limit - Self.program - best.cost(of: demand)
    }

    /// What reading the sources takes with this division.
    private func cost(of demand: Demand) -> Int64 {
        let (block, stores) = (demand.blockSize, Int64(demand.stores))
        let batch = block + Self.batchBytes
        let deflater: Int64 = demand.packsBest ? 12 << 20 : 2 << 20
        // A worker has a block as it is and as it is packed, and a batch for each store; two readers of large files and
        // of commands can pack as well.
        let worker = 3 * block + deflater + stores * batch
        let store = Int64(batches + 1) * batch + Int64(changes) * Self.changeBatch + Self.catalog
        return Int64(workers + 1) * worker + Int64(buffers) * block + stores * store
    }
}
