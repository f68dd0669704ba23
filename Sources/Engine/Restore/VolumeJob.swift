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

    /// Neighbours come with one read; still, both workers shall have something of a volume of few large blocks.
    private static let step = 16

    init(source: BlockSource, volume: Int64, plan: BlockPlan, blocks: [Block]) {
        self.source = source
        self.volume = volume
        self.plan = plan
        self.blocks = blocks
    }

    /// The next few blocks; empty when all are taken.
    func take() -> ArraySlice<Block> {
        let (start, _) = next.add(Self.step, ordering: .relaxed)
        return blocks[min(start, blocks.count)..<min(start + Self.step, blocks.count)]
    }
}
