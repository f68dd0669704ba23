/// Packed content that is unpacked piece by piece.
protocol Unpacker {
    /// Fills as much of `output` as there is content left.
    ///
    /// - Returns: the bytes written; zero at the end only.
    mutating func unpack(into output: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
}

/// Content that is not packed at all.
struct StoredUnpacker: Unpacker {
    private var rest: UnsafeRawBufferPointer

    init(_ content: UnsafeRawBufferPointer) {
        rest = content
    }

    mutating func unpack(into output: UnsafeMutableRawBufferPointer) -> Int {
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(output.count))
        output.copyMemory(from: piece)
        rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
        return piece.count
    }
}
