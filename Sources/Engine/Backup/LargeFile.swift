internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Synchronization

/// A file whose blocks are hashed and packed by several workers: collects what they find, in order.
final class LargeFile: Sendable {
    /// What is known before the content is.
    struct Opening: Sendable {
        let batch: FolderBatch
        let candidate: Candidate
        let metadata: ContentReference
        let isCompressible: Bool
    }

    private struct State {
        var ids: [Int64] = []
        var digests: [Digest?] = []
        var sizes: [Int] = []
        var open = 1
        var isAbandoned = false
        var end: End?
    }

    /// What the reader knows when it has read everything.
    struct End: Sendable {
        let size: Int64
        let hash: Digest
        let isUnsettled: Bool
    }

    let opening: Opening
    private let state = Mutex(State())

    init(_ opening: Opening) {
        self.opening = opening
    }

    /// Announces a block; the reader calls it before it sends the block to the workers.
    func willStore(position: Int) {
        state.withLock { state in
            state.ids.append(0)
            state.digests.append(nil)
            state.sizes.append(0)
            state.open += 1
        }
    }

    /// Takes what a worker found.
    ///
    /// Returns true when that was the last piece.
    func didStore(position: Int, id: Int64, digest: Digest, size: Int) -> Bool {
        state.withLock { state in
            state.ids[position] = id
            state.digests[position] = digest
            state.sizes[position] = size
            state.open -= 1
            return state.open == 0 && !state.isAbandoned
        }
    }

    /// Takes the reader's end; `nil` when the file could not be read.
    ///
    /// Returns true when that was the last piece.
    func didRead(_ end: End?) -> Bool {
        state.withLock { state in
            state.end = end
            state.isAbandoned = end == nil
            state.open -= 1
            return state.open == 0 && !state.isAbandoned
        }
    }

    /// The blocks in order, after the last piece.
    func forEachBlock(_ body: (Int64, Digest, Int) throws -> Void) rethrows {
        let (ids, digests, sizes) = state.withLock { ($0.ids, $0.digests, $0.sizes) }
        for position in ids.indices {
            guard let digest = digests[position] else { continue }
            try body(ids[position], digest, sizes[position])
        }
    }

    /// What the reader found, after the last piece.
    var end: End? { state.withLock { $0.end } }
}
