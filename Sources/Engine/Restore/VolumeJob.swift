internal import Cryptography
internal import Synchronization

/// A volume whose blocks are being written, by as many workers as have time.
final class VolumeJob: Sendable {
    /// A block, and its uses as a range of those of the plan.
    struct Block: Sendable {
        let digest: Digest
        let uses: Range<Int>
    }

    let source: BlockSource
    let volume: Int64
    let plan: BlockPlan
    let blocks: [Block]
    private let next = Atomic<Int>(0)
    /// How many blocks are taken at once.
    ///
    /// Small neighbours come with one read; large blocks go to the workers one by one, so that the parts of a file are
    /// written in their order.
    private let step: Int

    init(source: BlockSource, volume: Int64, plan: BlockPlan, blocks: [Block]) {
        self.source = source
        self.volume = volume
        self.plan = plan
        self.blocks = blocks
        step = max(1, min(16, blocks.count / 64))
    }

    /// The next few blocks; empty when all are taken.
    func take() -> ArraySlice<Block> {
        let (start, _) = next.add(step, ordering: .relaxed)
        return blocks[min(start, blocks.count)..<min(start + step, blocks.count)]
    }
}
