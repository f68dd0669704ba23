internal import Support

/// Memory for one block, on loan from a pool.
final class BlockBuffer: @unchecked Sendable {
    // Owned by one thread at a time: whoever took it from the pool or from a queue.
    let bytes: UnsafeMutableRawBufferPointer
    /// How much of it is filled.
    var count = 0

    init(capacity: Int) {
        bytes = .allocate(byteCount: capacity, alignment: 4096)
    }

    var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[..<count]) }

    deinit { bytes.deallocate() }
}

/// A fixed number of block buffers: whoever needs one waits until one is free, which bounds the memory of a run.
final class BlockBufferPool: Sendable {
    private let free: BoundedQueue<BlockBuffer>

    init(count: Int, capacity: Int) {
        free = BoundedQueue(capacity: count)
        for _ in 0..<count { free.push(BlockBuffer(capacity: capacity)) }
    }

    /// A buffer, or `nil` when the run has ended.
    func take() -> BlockBuffer? { free.pop() }

    func give(_ buffer: BlockBuffer) { free.push(buffer) }

    func cancel() { free.cancel() }
}
