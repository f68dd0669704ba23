internal import CDeflate

/// A reusable compressor of whole blocks; not for several threads at once.
///
/// Levels 1 and 2 are ISA-L's, which is twice as fast as any other; from 3 on they are libdeflate's.
public final class Deflater {
    private enum Coder {
        case quick(QuickCoders)
        case thorough(OpaquePointer)
    }

    /// Making codes for a block costs more than it saves when the block is tiny; a thorough search costs most, and
    /// gains least, when it is large.
    private struct QuickCoders {
        let tiny: QuickDeflater
        let tinyBelow: Int
        let small: QuickDeflater
        let large: QuickDeflater

        static let largeFrom = 64 << 10

        func coder(for count: Int) -> QuickDeflater {
            count < tinyBelow ? tiny : count < Self.largeFrom ? small : large
        }
    }

    private let coder: Coder

    /// Allocates a compressor: a few hundred kilobytes, thus one per worker and not one per block.
    ///
    /// - Parameter level: 1, fastest, to 12, smallest; other values mean the nearest of these.
    /// - Precondition: there is memory for it.
    public init(level: Int) {
        switch level {
        case ...1:
            let others = QuickDeflater(.readyCodes)
            coder = .quick(
                QuickCoders(tiny: QuickDeflater(.fixedCodes), tinyBelow: 2048, small: others, large: others))
        case 2:
            coder = .quick(
                QuickCoders(
                    tiny: QuickDeflater(.fixedCodes), tinyBelow: 512, small: QuickDeflater(.smallest),
                    large: QuickDeflater(.fast)))
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
        case .quick(let coders):
            return coders.coder(for: input.count).deflate(input, into: output)
        case .thorough(let compressor):
            let count = libdeflate_deflate_compress(
                compressor, input.baseAddress, input.count, destination, output.count)
            return count == 0 ? nil : count
        }
    }
}
