internal import Archive
internal import Cryptography

/// Packs blocks on one thread, with buffers that it keeps.
final class BlockPacker {
    private let deflater: Deflater?
    private let probe: Deflater
    private let scratch: UnsafeMutableRawBufferPointer

    /// Blocks from this size on are probed before they are packed whole.
    private static let probedFrom = 64 << 10
    private static let probeSize = 8 << 10

    /// - Parameters:
    ///   - level: 0 to store everything, up to 12 for the smallest result.
    ///   - blockSize: bytes of the largest block.
    init(level: Int, blockSize: Int) {
        deflater = level == 0 ? nil : Deflater(level: level)
        probe = Deflater(level: 2)
        scratch = .allocate(byteCount: max(blockSize, Self.probeSize), alignment: 64)
    }

    deinit { scratch.deallocate() }

    /// Packs a block, or keeps it as it is where packing gains nothing.
    ///
    /// `isCompressible` is false when the file's name already tells that packing is in vain; a block that is a list of
    /// hashes keeps its content for the index volume.
    func pack(
        _ bytes: UnsafeRawBufferPointer, digest: Digest, isCompressible: Bool = true, isList: Bool = false
    ) -> PackedContent {
        let crc = CRC32.checksum(bytes)
        var method = ZipMethod.stored
        var packed = bytes
        let room = UnsafeMutableRawBufferPointer(rebasing: scratch[..<max(0, bytes.count - 1)])
        if isCompressible, let deflater, isWorthPacking(bytes), let count = deflater.deflate(bytes, into: room) {
            method = .deflate
            packed = UnsafeRawBufferPointer(rebasing: scratch[..<count])
        }
        return PackedContent(
            digest: digest, size: bytes.count, crc: crc, method: method, packed: Array(packed),
            list: isList ? Array(bytes) : nil)
    }

    /// Packs a piece from the middle: data that is already compressed shows there, whatever its header looks like.
    private func isWorthPacking(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= Self.probedFrom else { return true }
        for start in [bytes.count / 4, bytes.count / 2] {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.probeSize])
            if let count = probe.deflate(piece, into: scratch), count < Self.probeSize * 31 / 32 { return true }
        }
        return false
    }
}
