internal import Cryptography
internal import Synchronization

/// A file of several blocks while it is being written: which blocks it has, and the hash of its beginning.
///
/// One thread at a time writes to a file, since the kernel lets no second one in and has it spin meanwhile; the others
/// unpack. The hash follows the blocks in their order, from memory where they come in order and from the file where they
/// do not. So every byte is hashed once, and the file is verified when the last block has been written.
final class LongFile: Sendable {
    private struct State {
        var written: [UInt64]
        var next: Int32 = 0
        let hash: Hash

        func isWritten(_ position: Int32) -> Bool { written[Int(position) / 64] & 1 << UInt64(position % 64) != 0 }
    }

    /// `@unchecked Sendable`: used only by the thread that holds the lock.
    private final class Hash: @unchecked Sendable {
        let context: HashContext
        init(_ algorithm: HashAlgorithm) { context = HashContext(algorithm) }
    }

    let content: BlockPlan.LongContent
    private let state: Mutex<State>

    /// A file without any block but those at `present`.
    init(_ content: BlockPlan.LongContent, _ algorithm: HashAlgorithm, present: Set<Int32>) {
        self.content = content
        var written = [UInt64](repeating: 0, count: Int(content.count) / 64 + 1)
        for position in present where position >= 0 && position < content.count {
            written[Int(position) / 64] |= 1 << UInt64(position % 64)
        }
        state = Mutex(State(written: written, hash: Hash(algorithm)))
    }

    /// Writes a block and hashes what can be.
    ///
    /// - Parameters:
    ///   - position: the block; nil when one is to be begun that has blocks already.
    ///   - bytes: its content.
    ///   - put: writes it to its place.
    ///   - read: gives a written block to the hash.
    ///   - early: called when the block's turn to be hashed has not come.
    /// - Returns: the hash of the file, to the thread that has hashed its end.
    /// - Throws: whatever `put` and `read` throw.
    func write(
        _ position: Int32?, _ bytes: UnsafeRawBufferPointer, put: () throws -> Void,
        read: (Int32, HashContext) throws -> Void, early: () -> Void
    ) throws -> Digest? {
        try state.withLock { state in
            try put()
            if let position { state.written[Int(position) / 64] |= 1 << UInt64(position % 64) }
            let first = state.next
            let context = state.hash.context
            while state.next < content.count, state.isWritten(state.next) {
                if state.next == position { context.update(bytes) } else { try read(state.next, context) }
                state.next += 1
            }
            if let position, position >= state.next { early() }
            return state.next > first && state.next == content.count ? context.finish() : nil
        }
    }

    /// Begins anew, without some blocks that turned out to be wrong.
    func restart(without wrong: [Int32]) {
        state.withLock { state in
            state.next = 0
            for position in wrong { state.written[Int(position) / 64] &= ~(1 << UInt64(position % 64)) }
        }
    }
}
