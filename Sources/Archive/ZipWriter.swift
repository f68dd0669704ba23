public import Support

/// A zip archive written in one pass: each size is known before its header, so that nothing is ever sought back for
/// and the archive can be encrypted while it is written.
///
/// Zip64 records appear only where a value needs them. Not for several threads at once.
public final class ZipWriter {
    /// The bytes written so far.
    public private(set) var bytesWritten: Int64 = 0
    /// The entries written so far.
    public private(set) var entryCount = 0

    private let sink: any ByteSink
    private let modified: DOSTime
    private let spoolFolder: String
    /// Reused for each local header.
    private var header: [UInt8] = []
    /// The central directory so far.
    private var directory: [UInt8] = []
    private var isFinished = false

    /// Starts an archive.
    ///
    /// - Parameters:
    ///   - sink: takes the bytes in order.
    ///   - modified: the time of every entry; nil for 1980-01-01.
    ///   - spoolFolder: where `addStreamed` may put a nameless file.
    public init(to sink: any ByteSink, modified: Timestamp? = nil, spoolFolder: String = "/tmp") {
        self.sink = sink
        self.modified = modified.map(DOSTime.init) ?? .epoch
        self.spoolFolder = spoolFolder
    }

    /// The size that `finish()` would make it.
    public var estimatedSize: Int64 {
        let end = ZipEnd(entryCount: entryCount, directoryLength: directory.count, directoryOffset: bytesWritten)
        return bytesWritten + Int64(directory.count + end.length)
    }

    /// Adds an entry that is packed already.
    ///
    /// - Parameters:
    ///   - name: at most 65,535 bytes of UTF-8.
    ///   - packed: the packed content.
    ///   - method: how it is packed.
    ///   - size: the size before packing.
    ///   - crc: the checksum before packing.
    /// - Throws: what the sink throws, `ArchiveError.nameTooLong`, `.alreadyFinished`.
    public func add(
        name: UnsafeRawBufferPointer, packed: UnsafeRawBufferPointer, method: ZipMethod, size: Int, crc: UInt32
    ) throws {
        try writeHeader(name: name, packedSize: packed.count, method: method, size: size, crc: crc)
        try put(packed)
    }

    /// Adds an entry that is packed already.
    public func add(
        name: String, packed: UnsafeRawBufferPointer, method: ZipMethod, size: Int, crc: UInt32
    ) throws {
        var name = name
        try name.withUTF8 {
            try add(name: UnsafeRawBufferPointer($0), packed: packed, method: method, size: size, crc: crc)
        }
    }

    /// Adds an entry that is packed already.
    public func add(
        name: [UInt8], packed: UnsafeRawBufferPointer, method: ZipMethod, size: Int, crc: UInt32
    ) throws {
        try name.withUnsafeBytes { try add(name: $0, packed: packed, method: method, size: size, crc: crc) }
    }

    /// Adds an entry as it is.
    public func addStored(name: String, bytes: UnsafeRawBufferPointer) throws {
        try add(name: name, packed: bytes, method: .stored, size: bytes.count, crc: CRC32.checksum(bytes))
    }

    /// Adds an entry as it is.
    public func addStored(name: String, bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try addStored(name: name, bytes: $0) }
    }

    /// Adds an entry of any size that `body` writes bit by bit.
    ///
    /// The packed content waits in memory up to 16 MiB, then in a nameless file, until its size is known.
    /// - Parameters:
    ///   - name: at most 65,535 bytes of UTF-8.
    ///   - body: writes the content; what it throws leaves the archive as it was.
    /// - Throws: what the body and the sink throw, `SystemError` of the nameless file, `ArchiveError`.
    public func addStreamed(name: String, body: (any ByteSink) throws -> Void) throws {
        guard !isFinished else { throw ArchiveError.alreadyFinished }
        let entry = DeflateSpool(folder: spoolFolder)
        try body(entry)
        try entry.finish()
        var name = name
        try name.withUTF8 {
            try writeHeader(
                name: UnsafeRawBufferPointer($0), packedSize: Int(entry.packedSize), method: .deflate,
                size: Int(entry.size), crc: entry.crc)
        }
        try entry.forEachPackedChunk { try put($0) }
    }

    /// Ends the archive with its directory.
    ///
    /// - Throws: what the sink throws, `ArchiveError.alreadyFinished`.
    public func finish() throws {
        guard !isFinished else { throw ArchiveError.alreadyFinished }
        isFinished = true
        ZipEnd(entryCount: entryCount, directoryLength: directory.count, directoryOffset: bytesWritten)
            .append(to: &directory)
        try directory.withUnsafeBytes { try put($0) }
        directory = []
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try sink.write(bytes)
        bytesWritten += Int64(bytes.count)
    }

    /// Writes a local header and remembers the directory's.
    ///
    /// A sink that throws leaves the archive unusable; its owner throws it away.
    func writeHeader(
        name: UnsafeRawBufferPointer, packedSize: Int, method: ZipMethod, size: Int, crc: UInt32
    ) throws {
        guard !isFinished else { throw ArchiveError.alreadyFinished }
        guard name.count <= UInt16.max else { throw ArchiveError.nameTooLong }
        let fields = ZipHeader(
            name: name, method: method, modified: modified, crc: crc, packedSize: packedSize, size: size,
            offset: bytesWritten)
        header.removeAll(keepingCapacity: true)
        fields.appendLocal(to: &header)
        try header.withUnsafeBytes { try put($0) }
        fields.appendCentral(to: &directory)
        entryCount += 1
    }
}
