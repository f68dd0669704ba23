internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Synchronization

/// A file whose blocks are hashed and packed by several workers: puts what they find back in order.
///
/// Only blocks that come before their predecessors wait here; all others go straight into the content, of which a
/// block's number is all that is kept until the end.
final class LargeFile: Sendable {
    /// What is known before the content is.
    struct Opening: Sendable {
        let listing: FolderListing
        /// The entry, for each backup that needs its content.
        let group: PerTarget<Candidate>
        let metadata: PerTarget<ContentReference>
        let isCompressible: Bool
        /// Takes the content in the place of the worker that had its last block.
        var takeFinished: (@Sendable (Finished) -> Void)?
    }

    /// A block that is stored, or will be.
    struct Block {
        /// Its number for each backup.
        let ids: PerTarget<Int64>
        let digest: Digest
        let size: Int
    }

    /// What the reader knows when it has read everything.
    struct End: Sendable {
        let size: Int64
        let hash: Digest
        let isUnsettled: Bool
    }

    /// The whole content.
    struct Finished: Sendable {
        let content: ContentBuilder
        let end: End
    }

    private struct State {
        var content: ContentBuilder
        var next = 0
        var early: [Int: Block] = [:]
        var announced = 0
        var end: End?
        var isAbandoned = false
    }

    let opening: Opening
    private let state: Mutex<State>

    init(_ opening: Opening, settings: StoreSettings) {
        self.opening = opening
        state = Mutex(State(content: ContentBuilder(settings: settings, stores: opening.group.count)))
    }

    /// Announces the next block; the reader calls it before it sends the block to the workers.
    /// - Returns: its position.
    func announce() -> Int {
        state.withLock { state in
            state.announced += 1
            return state.announced - 1
        }
    }

    /// Takes what a worker found, and hands full lists to `storeList`.
    /// - Returns: the content, when this was the last piece.
    func add(
        _ block: Block, at position: Int, storeList: (UnsafeRawBufferPointer) -> PerTarget<Int64>
    ) -> Finished? {
        state.withLock { state in
            state.early[position] = block
            while let block = state.early.removeValue(forKey: state.next) {
                state.content.add(block.ids, digest: block.digest, size: block.size, store: storeList)
                state.next += 1
            }
            return Self.finished(state)
        }
    }

    /// Takes the reader's end; `nil` when the file could not be read.
    /// - Returns: the content, when this was the last piece.
    func end(_ end: End?) -> Finished? {
        state.withLock { state in
            state.end = end
            state.isAbandoned = end == nil
            return Self.finished(state)
        }
    }

    private static func finished(_ state: borrowing State) -> Finished? {
        guard let end = state.end, !state.isAbandoned, state.next == state.announced else { return nil }
        return Finished(content: state.content, end: end)
    }
}
