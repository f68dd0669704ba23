internal import Cryptography
internal import Synchronization

/// A file of several blocks while it is being written: which blocks it has, and the hash of its beginning.
///
/// The hash follows the blocks in their order, from memory where they come in order and from the file where they do
/// not: one thread at a time, the others only leave word. So every byte is hashed once, and the file is verified when
/// the last block has been written.
final class LongFile: Sendable {
    private struct State {
        var written: [UInt64]
        var next: Int32 = 0
        var isHashing = false
    }

    let content: BlockPlan.LongContent
    private let state: Mutex<State>
    private let hash: Owned

    /// `@unchecked Sendable`: used only by the thread that has set `isHashing`.
    private final class Owned: @unchecked Sendable {
        let context: HashContext
        init(_ algorithm: HashAlgorithm) { context = HashContext(algorithm) }
    }

    /// A file without any block but those at `present`.
    init(_ content: BlockPlan.LongContent, _ algorithm: HashAlgorithm, present: Set<Int32>) {
        self.content = content
        hash = Owned(algorithm)
        state = Mutex(State(written: [UInt64](repeating: 0, count: Int(content.count) / 64 + 1)))
        state.withLock { state in
            for position in present where position >= 0 && position < content.count {
                state.written[Int(position) / 64] |= 1 << UInt64(position % 64)
            }
        }
    }

    /// Hashes what can be, now that a block has been written.
    ///
    /// - Parameters:
    ///   - position: the block; nil when one is to be begun that has blocks already.
    ///   - bytes: its content.
    ///   - read: gives a written block to the hash.
    /// - Returns: the hash of the file, to the thread that has hashed its end.
    func wrote(
        _ position: Int32?, _ bytes: UnsafeRawBufferPointer, read: (Int32, HashContext) throws -> Void
    ) rethrows -> Digest? {
        let isMine = state.withLock { state in
            if let position { state.written[Int(position) / 64] |= 1 << UInt64(position % 64) }
            guard !state.isHashing, Self.isWritten(state, content.count) else { return false }
            state.isHashing = true
            return true
        }
        guard isMine else { return nil }
        var next = state.withLock { $0.next }
        while true {
            if next == position { hash.context.update(bytes) } else { try read(next, hash.context) }
            next += 1
            let goesOn = state.withLock { state in
                state.next = next
                state.isHashing = Self.isWritten(state, content.count)
                return state.isHashing
            }
            if !goesOn { break }
        }
        return next == content.count ? hash.context.finish() : nil
    }

    private static func isWritten(_ state: State, _ count: Int32) -> Bool {
        state.next < count && state.written[Int(state.next) / 64] & 1 << UInt64(state.next % 64) != 0
    }

    /// Begins anew, without some blocks that turned out to be wrong.
    func restart(without wrong: [Int32]) {
        state.withLock { state in
            state.next = 0
            for position in wrong { state.written[Int(position) / 64] &= ~(1 << UInt64(position % 64)) }
        }
    }
}
