internal import CDeflate

/// A reusable compressor of whole blocks; not for several threads at once.
///
/// Levels 1 and 2 are ISA-L's, which is twice as fast as any other; from 3 on they are libdeflate's.
public final class Deflater {
    private enum Coder {
        /// One coder for small blocks, one for large ones.
        case quick(small: QuickDeflater, large: QuickDeflater)
        case thorough(OpaquePointer)
    }

    private let coder: Coder

    /// Small blocks gain most from a thorough search, and large ones cost most.
    private static let largeFrom = 64 << 10

    /// Allocates a compressor: a few hundred kilobytes, thus one per worker and not one per block.
    ///
    /// - Parameter level: 1, fastest, to 12, smallest; other values mean the nearest of these.
    /// - Precondition: there is memory for it.
    public init(level: Int) {
        switch level {
        case ...1:
            let only = QuickDeflater(.fastest)
            coder = .quick(small: only, large: only)
        case 2:
            coder = .quick(small: QuickDeflater(.smallest), large: QuickDeflater(.fast))
        default:
            guard let compressor = libdeflate_alloc_compressor(Int32(min(level, 12))) else {
                fatalError("out of memory for a compressor")
            }
            coder = .thorough(compressor)
        }
    }

    deinit {
        if case .thorough(let compressor) = coder { libdeflate_free_compressor(compressor) }
    }

    /// Compresses a block.
    ///
    /// - Returns: the compressed length; nil if it did not fit, thus give less room than the input has to learn
    ///   that compression does not pay.
    public func deflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
        guard let destination = output.baseAddress else { return nil }
        switch coder {
        case .quick(let small, let large):
            return (input.count < Self.largeFrom ? small : large).deflate(input, into: output)
        case .thorough(let compressor):
            let count = libdeflate_deflate_compress(
                compressor, input.baseAddress, input.count, destination, output.count)
            return count == 0 ? nil : count
        }
    }
}
