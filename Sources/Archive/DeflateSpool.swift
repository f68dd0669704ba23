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
    private let deflater: QuickDeflater
    private let buffer: UnsafeMutableRawBufferPointer
    private var memory: [UInt8] = []
    private var file: NamelessFile?

    /// Prepares the compressor.
    init(folder: String, memoryLimit: Int = DeflateSpool.memoryLimit) {
        self.folder = folder
        self.memoryLimit = memoryLimit
        buffer = .allocate(byteCount: Self.bufferLength, alignment: 16)
        deflater = QuickDeflater(.smallest)
        deflater.begin()
    }

    deinit {
        buffer.deallocate()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        crc = CRC32.checksum(bytes, seed: crc)
        size += Int64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            try deflater.add(piece, isLast: false, through: buffer) { try keep($0) }
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
        }
    }

    /// Ends the stream; no bytes may follow.
    func finish() throws {
        try deflater.add(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, through: buffer) { try keep($0) }
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
