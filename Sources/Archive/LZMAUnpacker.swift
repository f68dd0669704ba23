internal import CLzma

/// LZMA content with zip's header, or an XZ stream.
final class LZMAUnpacker: Unpacker {
    /// More than any level of any compressor asks for.
    private static let memoryLimit: UInt64 = 1 << 30

    private var stream = lzma_stream()
    private var rest: UnsafeRawBufferPointer
    private let method: ZipMethod
    /// What a bare LZMA stream still has to give; only its container knows the size.
    private var remaining: Int
    private var hasEnded = false

    init(_ packed: UnsafeRawBufferPointer, method: ZipMethod, size: Int) throws(ArchiveError) {
        rest = packed
        remaining = size
        self.method = method
        if method == .lzma {
            try startLZMA()
        } else {
            try check(lzma_stream_decoder(&stream, Self.memoryLimit, 0))
        }
    }

    deinit {
        lzma_end(&stream)
    }

    func unpack(into output: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let wanted = method == .lzma ? min(output.count, remaining) : output.count
        stream.next_in = rest.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = rest.count
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = wanted
        while !hasEnded, stream.avail_out > 0 {
            let status = lzma_code(&stream, LZMA_FINISH)
            if status == LZMA_STREAM_END {
                hasEnded = true
            } else {
                try check(status)
            }
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.suffix(stream.avail_in))
        remaining -= wanted - stream.avail_out
        return wanted - stream.avail_out
    }

    /// Whether nothing follows what was unpacked; reads the end of an XZ stream and thus its own checks.
    func isAtEnd() throws(ArchiveError) -> Bool {
        guard method == .xz else { return remaining == 0 }
        var extra: UInt8 = 0
        var isEmpty = true
        var failure: ArchiveError?
        withUnsafeMutableBytes(of: &extra) { room in
            do throws(ArchiveError) { isEmpty = try unpack(into: room) == 0 } catch { failure = error }
        }
        if let failure { throw failure }
        return isEmpty
    }

    /// Reads zip's header: version of the compressor (two bytes), length of the properties, properties.
    private func startLZMA() throws(ArchiveError) {
        guard let length = rest.littleEndian(UInt16.self, at: 2), length == 5,
            let properties = rest.part(at: 4, count: Int(length))
        else { throw .badData }
        rest = UnsafeRawBufferPointer(rebasing: rest[(4 + properties.count)...])
        // No match reaches further back than the content is long, whatever dictionary a forged header asks for.
        let most = UInt32(clamping: min(max(remaining, 4096), Int(Self.memoryLimit)))
        try check(
            dunnage_lzma_decoder(&stream, properties.bindMemory(to: UInt8.self).baseAddress, properties.count, most))
    }

    private func check(_ status: lzma_ret) throws(ArchiveError) {
        switch status {
        case LZMA_OK: return
        case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: throw .outOfMemory
        default: throw .badData
        }
    }
}
