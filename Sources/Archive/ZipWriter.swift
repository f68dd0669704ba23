internal import Glibc
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
        let needs64 = needsEnd64(directoryOffset: UInt64(bytesWritten))
        let end = ZipFormat.endLength + (needs64 ? ZipFormat.end64Length + ZipFormat.end64LocatorLength : 0)
        return bytesWritten + Int64(directory.count + end)
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
    ///   - level: zlib's, 1 to 9.
    ///   - body: writes the content; what it throws leaves the archive as it was.
    /// - Throws: what the body and the sink throw, `SystemError` of the nameless file, `ArchiveError`.
    public func addStreamed(name: String, level: Int, body: (any ByteSink) throws -> Void) throws {
        guard !isFinished else { throw ArchiveError.alreadyFinished }
        let entry = try DeflateSpool(level: level, folder: spoolFolder)
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
        let offset = UInt64(bytesWritten)
        let length = UInt64(directory.count)
        if needsEnd64(directoryOffset: offset) {
            directory.appendLittleEndian(ZipFormat.end64Signature)
            directory.appendLittleEndian(UInt64(ZipFormat.end64Length - 12))
            directory.appendLittleEndian(ZipFormat.version64)
            directory.appendLittleEndian(ZipFormat.version64)
            directory.appendLittleEndian(UInt64(0))
            directory.appendLittleEndian(UInt64(entryCount))
            directory.appendLittleEndian(UInt64(entryCount))
            directory.appendLittleEndian(length)
            directory.appendLittleEndian(offset)
            directory.appendLittleEndian(ZipFormat.end64LocatorSignature)
            directory.appendLittleEndian(UInt32(0))
            directory.appendLittleEndian(offset + length)
            directory.appendLittleEndian(UInt32(1))
        }
        directory.appendLittleEndian(ZipFormat.endSignature)
        directory.appendLittleEndian(UInt32(0))
        directory.appendLittleEndian(UInt16(clamping: entryCount))
        directory.appendLittleEndian(UInt16(clamping: entryCount))
        directory.appendLittleEndian(UInt32(clamping: length))
        directory.appendLittleEndian(UInt32(clamping: offset))
        directory.appendLittleEndian(UInt16(0))
        try directory.withUnsafeBytes { try put($0) }
        directory = []
    }

    private func needsEnd64(directoryOffset: UInt64) -> Bool {
        entryCount >= ZipFormat.see64Short || directory.count >= ZipFormat.see64 || directoryOffset >= ZipFormat.see64
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
        guard let nameLength = UInt16(exactly: name.count) else { throw ArchiveError.nameTooLong }
        let sizesNeed64 = packedSize >= ZipFormat.see64 || size >= ZipFormat.see64
        let offset = UInt64(bytesWritten)
        let offsetNeeds64 = offset >= ZipFormat.see64

        header.removeAll(keepingCapacity: true)
        header.appendLittleEndian(ZipFormat.localSignature)
        let version = version(method: method, is64: sizesNeed64)
        appendCommonFields(to: &header, version: version, name: name, method: method, crc: crc)
        header.appendLittleEndian(sizesNeed64 ? ZipFormat.see64 : UInt32(packedSize))
        header.appendLittleEndian(sizesNeed64 ? ZipFormat.see64 : UInt32(size))
        header.appendLittleEndian(nameLength)
        header.appendLittleEndian(UInt16(sizesNeed64 ? 20 : 0))
        header.append(contentsOf: name)
        if sizesNeed64 {
            header.appendLittleEndian(ZipFormat.zip64ExtraTag)
            header.appendLittleEndian(UInt16(16))
            header.appendLittleEndian(UInt64(size))
            header.appendLittleEndian(UInt64(packedSize))
        }
        try header.withUnsafeBytes { try put($0) }

        directory.appendLittleEndian(ZipFormat.centralSignature)
        let centralVersion = self.version(method: method, is64: sizesNeed64 || offsetNeeds64)
        // "Made by" names the host in its upper byte: 0, so that no reader takes the attributes for a file mode.
        directory.appendLittleEndian(centralVersion)
        appendCommonFields(to: &directory, version: centralVersion, name: name, method: method, crc: crc)
        directory.appendLittleEndian(sizesNeed64 ? ZipFormat.see64 : UInt32(packedSize))
        directory.appendLittleEndian(sizesNeed64 ? ZipFormat.see64 : UInt32(size))
        directory.appendLittleEndian(nameLength)
        let extraLength = (sizesNeed64 ? 16 : 0) + (offsetNeeds64 ? 8 : 0)
        directory.appendLittleEndian(UInt16(extraLength == 0 ? 0 : extraLength + 4))
        directory.appendLittleEndian(UInt16(0))  // comment
        directory.appendLittleEndian(UInt16(0))  // disk
        directory.appendLittleEndian(UInt16(0))  // internal attributes
        directory.appendLittleEndian(UInt32(0))  // external attributes
        directory.appendLittleEndian(offsetNeeds64 ? ZipFormat.see64 : UInt32(offset))
        directory.append(contentsOf: name)
        if extraLength > 0 {
            directory.appendLittleEndian(ZipFormat.zip64ExtraTag)
            directory.appendLittleEndian(UInt16(extraLength))
            if sizesNeed64 {
                directory.appendLittleEndian(UInt64(size))
                directory.appendLittleEndian(UInt64(packedSize))
            }
            if offsetNeeds64 { directory.appendLittleEndian(offset) }
        }
        entryCount += 1
    }

    private func version(method: ZipMethod, is64: Bool) -> UInt16 {
        switch method {
        case .lzma, .xz: ZipFormat.versionLZMA
        default: is64 ? ZipFormat.version64 : ZipFormat.versionPlain
        }
    }

    /// The fields that both headers have in the same order: version to checksum.
    private func appendCommonFields(
        to buffer: inout [UInt8], version: UInt16, name: UnsafeRawBufferPointer, method: ZipMethod, crc: UInt32
    ) {
        let isASCII = name.allSatisfy { $0 < 0x80 }
        buffer.appendLittleEndian(version)
        buffer.appendLittleEndian(isASCII ? UInt16(0) : ZipFormat.utf8Flag)
        buffer.appendLittleEndian(method.code)
        buffer.appendLittleEndian(modified.time)
        buffer.appendLittleEndian(modified.date)
        buffer.appendLittleEndian(crc)
    }
}
