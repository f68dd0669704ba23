internal import CZlib

/// Deflated content of any size; whole blocks go faster through `Inflater`.
final class DeflateUnpacker: Unpacker {
    private let stream: UnsafeMutablePointer<z_stream>
    private var rest: UnsafeRawBufferPointer
    private var isAtEnd = false

    init(_ packed: UnsafeRawBufferPointer) throws(ArchiveError) {
        rest = packed
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative window bits announce a bare stream without zlib's own header.
        let status = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .outOfMemory }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func unpack(into output: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        var written = 0
        while !isAtEnd, written < output.count {
            // zlib counts in 32 bits, and its input type is not const for historical reasons.
            let input = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            let room = UnsafeMutableRawBufferPointer(rebasing: output[written...].prefix(1 << 30))
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(room.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            rest = UnsafeRawBufferPointer(rebasing: rest[(input.count - Int(stream.pointee.avail_in))...])
            written += room.count - Int(stream.pointee.avail_out)
            switch status {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK: continue
            case Z_MEM_ERROR: throw .outOfMemory
            // Z_BUF_ERROR: there is room but nothing to read, the content was cut.
            default: throw .badData
            }
        }
        return written
    }
}
