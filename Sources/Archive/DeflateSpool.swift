internal import CZlib
internal import Glibc
internal import Support

/// Deflated content that waits for its size to be known: in memory while it is small, then in a nameless file.
final class DeflateSpool: ByteSink {
    static let memoryLimit = 16 << 20
    private static let bufferLength = 64 << 10

    private(set) var size: Int64 = 0
    private(set) var packedSize: Int64 = 0
    private(set) var crc: UInt32 = 0

    private let folder: String
    private let memoryLimit: Int
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableRawBufferPointer
    private var memory: [UInt8] = []
    private var file: NamelessFile?

    /// Prepares the compressor.
    ///
    /// - Throws: `ArchiveError.outOfMemory`.
    init(level: Int, folder: String, memoryLimit: Int = DeflateSpool.memoryLimit) throws(ArchiveError) {
        self.folder = folder
        self.memoryLimit = memoryLimit
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        buffer = .allocate(byteCount: Self.bufferLength, alignment: 16)
        // Negative window bits ask for a bare stream without zlib's own header.
        let status = deflateInit2_(
            stream, Int32(min(max(level, 1), 9)), Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .outOfMemory }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        buffer.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        crc = CRC32.checksum(bytes, seed: crc)
        size += Int64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            // zlib counts in 32 bits.
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            try compress(piece, flush: Z_NO_FLUSH)
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
        }
    }

    /// Ends the stream; no bytes may follow.
    func finish() throws {
        try compress(UnsafeRawBufferPointer(start: nil, count: 0), flush: Z_FINISH)
    }

    /// Gives the packed content in order.
    func forEachPackedChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try memory.withUnsafeBytes { try body($0) }
        guard let file else { return }
        var offset: Int64 = 0
        while case let count = try file.descriptor.read(into: buffer, at: offset), count > 0 {
            try body(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
            offset += Int64(count)
        }
    }

    private func compress(_ input: UnsafeRawBufferPointer, flush: Int32) throws {
        // zlib only reads from next_in, its type is not const for historical reasons.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        repeat {
            stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            guard CZlib.deflate(stream, flush) != Z_STREAM_ERROR else { throw ArchiveError.badData }
            try keep(UnsafeRawBufferPointer(rebasing: buffer.prefix(buffer.count - Int(stream.pointee.avail_out))))
        } while stream.pointee.avail_out == 0
    }

    private func keep(_ packed: UnsafeRawBufferPointer) throws {
        packedSize += Int64(packed.count)
        if file == nil, memory.count + packed.count <= memoryLimit {
            memory.append(contentsOf: packed)
            return
        }
        let file = try self.file ?? NamelessFile(in: folder)
        self.file = file
        if !memory.isEmpty {
            try memory.withUnsafeBytes { try file.descriptor.write(all: $0) }
            memory = []
        }
        try file.descriptor.write(all: packed)
    }
}

/// A file without a name: it goes when its owner goes, however the process ends.
private final class NamelessFile {
    let descriptor: FileDescriptor

    init(in folder: String) throws(SystemError) {
        // A random name and O_EXCL instead of mkstemp, whose descriptor child processes would inherit.
        let path = "\(folder)/dunnage-spool-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        descriptor = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
    }
}
