internal import CISAL

/// ISA-L's compressor, for single blocks or as a stream; not for several threads at once.
final class QuickDeflater {
    enum Level {
        /// The codes that deflate itself defines: no tables to make, and none to store.
        case fixedCodes
        /// Ready-made tables of codes.
        case readyCodes
        case fast
        case smallest
    }

    private let coder: UnsafeMutableRawPointer
    private let hasFixedCodes: Bool

    /// - Precondition: there is memory for it.
    init(_ level: Level) {
        let number: UInt32 =
            switch level {
            case .fixedCodes, .readyCodes: 0
            case .fast: 2
            case .smallest: 3
            }
        guard let coder = dunnage_isal_create(number) else { fatalError("out of memory for a compressor") }
        self.coder = coder
        hasFixedCodes = level == .fixedCodes
    }

    deinit {
        dunnage_isal_free(coder)
    }

    /// Compresses a block.
    ///
    /// - Returns: the compressed length; nil if it did not fit.
    func deflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
        // Its lengths have 32 bits; a block of such a size is stored.
        guard input.count <= Int(Int32.max) else { return nil }
        let count = dunnage_isal_deflate(
            coder, hasFixedCodes ? 1 : 0, input.bindMemory(to: UInt8.self).baseAddress, UInt32(input.count),
            output.bindMemory(to: UInt8.self).baseAddress, UInt32(min(output.count, Int(Int32.max))))
        return count == 0 ? nil : count
    }

    /// Starts a stream.
    func begin() {
        dunnage_isal_begin(coder)
    }

    /// Compresses the next piece of a stream, or its last one, which may be empty.
    ///
    /// - Parameters:
    ///   - piece: at most 1 GiB.
    ///   - isLast: whether the stream ends with it.
    ///   - buffer: room for compressed bytes, used again and again.
    ///   - keep: takes them.
    /// - Throws: `ArchiveError.badData` when the stream was not begun or is over; what `keep` throws.
    func add(
        _ piece: UnsafeRawBufferPointer, isLast: Bool, through buffer: UnsafeMutableRawBufferPointer,
        _ keep: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        precondition(piece.count <= 1 << 30)
        dunnage_isal_feed(
            coder, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count), isLast ? 1 : 0)
        var more: Int32 = 0
        repeat {
            let count = dunnage_isal_continue(
                coder, buffer.bindMemory(to: UInt8.self).baseAddress, UInt32(buffer.count), &more)
            guard count >= 0 else { throw ArchiveError.badData }
            if count > 0 { try keep(UnsafeRawBufferPointer(rebasing: buffer.prefix(Int(count)))) }
        } while more != 0
    }
}
