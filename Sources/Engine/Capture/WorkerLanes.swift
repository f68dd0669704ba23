internal import Catalog
internal import Support

/// What one thread has found for one backup and not handed over yet.
///
/// A backup that is out takes nothing any more: what its queues refuse is dropped.
final class WorkerLane {
    let target: BackupContext
    /// Which of the thread's packers packs for this backup.
    let packer: Int
    private var changes: [CatalogChange] = []
    private var blocks: [PackedBlock] = []
    private var blockBytes = 0

    private static let batchCount = 128

    fileprivate init(_ target: BackupContext, packer: Int) {
        self.target = target
        self.packer = packer
    }

    /// Tells the catalog, once this is flushed.
    func add(_ change: CatalogChange) { changes.append(change) }

    /// Sends a block on, once this is flushed.
    func add(_ block: PackedBlock) {
        blocks.append(block)
        blockBytes += block.content.packed.count
        if blockBytes >= BlockStorer.batchBytes || blocks.count >= Self.batchCount { flushBlocks() }
    }

    func flushBlocks() {
        guard !blocks.isEmpty else { return }
        target.queues.packed.push(blocks)
        blocks.removeAll(keepingCapacity: true)
        blockBytes = 0
    }

    fileprivate func flushChanges(whenAbove limit: Int) -> Bool {
        guard changes.count > limit else { return false }
        // Blocks got no numbers since the backup is out, and entries without blocks must not reach its catalog: their
        // recorder may still be at work.
        if target.isAttached { target.queues.changes.push(changes) }
        changes.removeAll(keepingCapacity: true)
        return true
    }
}

/// The lanes of one thread, one for each backup that is fed.
final class WorkerLanes {
    /// The levels at which blocks are packed; a lane's ``WorkerLane/packer`` is a place in it.
    let compressionLevels: [Int]
    private let lanes: [WorkerLane]
    private let figures: CaptureFigures
    /// What was read since the catalogs were told; an interrupted run should not have read much for nothing.
    private var untoldBytes: Int64 = 0
    private let toldEvery: Int64

    init(_ reading: CaptureReading) {
        var levels: [Int] = []
        for target in reading.targets where !levels.contains(target.request.options.compressionLevel) {
            levels.append(target.request.options.compressionLevel)
        }
        compressionLevels = levels
        lanes = reading.targets.map { target in
            WorkerLane(target, packer: levels.firstIndex(of: target.request.options.compressionLevel) ?? 0)
        }
        figures = reading.figures
        toldEvery = min(4 << 20, (reading.targets.map(\.volumeSize).min() ?? .max) / 4)
    }

    subscript(target: Int) -> WorkerLane { lanes[target] }

    /// Whether anybody still wants to know about an entry.
    func isWanted(_ group: PerTarget<Candidate>) -> Bool {
        group.contains { lanes[$0.target].target.isAttached }
    }

    /// Counts a file that is opened.
    func countOpened(for group: PerTarget<Candidate>) {
        figures.opened.add()
        for position in 0..<group.count { lanes[group[position].target].target.counters.opened.add() }
    }

    /// Counts bytes that were read.
    func count(bytes: Int, for group: PerTarget<Candidate>) {
        untoldBytes += Int64(bytes)
        figures.bytesRead.add(bytes)
        for position in 0..<group.count {
            let target = lanes[group[position].target].target
            target.counters.bytesRead.add(bytes)
            target.progress.addBytes(bytes)
        }
    }

    /// Hands over what there is, if it is worth it.
    func flushSome() {
        flushChanges(whenAbove: untoldBytes >= toldEvery ? 0 : 128)
    }

    /// Hands over everything.
    func flush() {
        for lane in lanes { lane.flushBlocks() }
        flushChanges(whenAbove: 0)
    }

    private func flushChanges(whenAbove limit: Int) {
        for lane in lanes where lane.flushChanges(whenAbove: limit) { untoldBytes = 0 }
    }
}

/// What was read from the sources, for whichever backup.
final class CaptureFigures: Sendable {
    let opened = Counter()
    let bytesRead = Counter()
}
