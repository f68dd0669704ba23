internal import CDeflate

/// A reusable compressor of whole blocks; not for several threads at once.
public final class Deflater {
    private let compressor: OpaquePointer

    /// Allocates a compressor: a few hundred kilobytes, thus one per worker and not one per block.
    ///
    /// - Parameter level: 1, fastest, to 12, smallest; other values mean the nearest of these.
    /// - Precondition: there is memory for it.
    public init(level: Int) {
        guard let compressor = libdeflate_alloc_compressor(Int32(min(max(level, 1), 12))) else {
            fatalError("out of memory for a compressor")
        }
        self.compressor = compressor
    }

    deinit {
        libdeflate_free_compressor(compressor)
    }

    /// Compresses a block.
    ///
    /// - Returns: the compressed length; nil if it did not fit, thus give less room than the input has to learn
    ///   that compression does not pay.
    public func deflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
        guard let destination = output.baseAddress else { return nil }
        let count = libdeflate_deflate_compress(compressor, input.baseAddress, input.count, destination, output.count)
        return count == 0 ? nil : count
    }
}
