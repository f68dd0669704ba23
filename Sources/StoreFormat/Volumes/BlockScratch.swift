public import Archive
public import Cryptography

/// What a thread needs to take blocks out of volumes; one for each thread.
public final class BlockScratch {
    /// The decompressor.
    public let inflater = Inflater()

    /// The hash of blocks.
    public let hash: HashContext

    private var buffer: UnsafeMutableRawBufferPointer

    /// Creates it for the blocks of a store.
    public init(settings: StoreSettings) {
        hash = HashContext(settings.blockHash)
        buffer = .allocate(byteCount: settings.blockSize, alignment: 64)
    }

    deinit { buffer.deallocate() }

    /// Room for a block, reused from call to call.
    func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if count > buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    }
}
