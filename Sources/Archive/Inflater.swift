internal import CDeflate

/// A reusable decompressor of whole blocks; not for several threads at once.
public final class Inflater {
    private let decompressor: OpaquePointer

    /// Allocates a decompressor.
    ///
    /// - Precondition: there is memory for it, about 12 KiB.
    public init() {
        guard let decompressor = libdeflate_alloc_decompressor() else { fatalError("out of memory for a decompressor") }
        self.decompressor = decompressor
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
    }

    /// Decompresses a block that has exactly the size of `output`.
    ///
    /// - Throws: `ArchiveError.badData`, `.wrongLength`.
    public func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ArchiveError) {
        var placeholder: UInt8 = 0
        let result = withUnsafeMutableBytes(of: &placeholder) { placeholder in
            libdeflate_deflate_decompress(
                decompressor, input.baseAddress ?? UnsafeRawPointer(placeholder.baseAddress), input.count,
                output.baseAddress ?? placeholder.baseAddress, output.count, nil)
        }
        switch result {
        case LIBDEFLATE_SUCCESS: return
        case LIBDEFLATE_SHORT_OUTPUT, LIBDEFLATE_INSUFFICIENT_SPACE: throw .wrongLength
        default: throw .badData
        }
    }
}
