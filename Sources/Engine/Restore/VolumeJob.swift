internal import Synchronization

/// A fetched volume whose blocks are being written, by as many workers as have time.
final class VolumeJob: Sendable {
    let volume: FetchedVolume
    /// Indices of the plan's blocks.
    let blocks: [Int]
    private let next = Atomic<Int>(0)

    private static let step = 8

    init(volume: FetchedVolume, blocks: [Int]) {
        self.volume = volume
        self.blocks = blocks
    }

    /// The next few blocks; empty when all are taken.
    func take() -> ArraySlice<Int> {
        let (start, _) = next.add(Self.step, ordering: .relaxed)
        return blocks[min(start, blocks.count)..<min(start + Self.step, blocks.count)]
    }
}
