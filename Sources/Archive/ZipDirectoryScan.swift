/// The directory of a zip archive of which only the end is in memory, for those who read single entries of a file.
///
/// As little is believed as by ``ZipReader``; what is not in perfect order is left to that one.
public struct ZipDirectoryScan: Sendable {
    /// What the directory says of an entry.
    public struct Entry: Sendable {
        /// The number of its method.
        public let method: UInt16
        /// The checksum of the content.
        public let crc: UInt32
        /// The size in the archive.
        public let packedSize: Int
        /// The size of the content.
        public let size: Int
        /// Where its local header is.
        public let offset: Int
        /// The length of its name, which the local header repeats.
        public let nameLength: Int

        /// An entry from its parts.
        public init(method: UInt16, crc: UInt32, packedSize: Int, size: Int, offset: Int, nameLength: Int) {
            self.method = method
            self.crc = crc
            self.packedSize = packedSize
            self.size = size
            self.offset = offset
            self.nameLength = nameLength
        }

        /// How many bytes a read has to bring, from the header on, unless the header has additions of its own.
        public var expectedSpan: Int { ZipFormat.localLength + nameLength + packedSize }
    }

    /// How much of the end tells where the directory is, unless there is a long comment.
    public static let tailLength = 16 << 10

    /// Where the directory begins.
    public let offset: Int
    /// How long it is.
    public let length: Int
    private let shift: Int
    private let entryCount: Int
    private let is64: Bool

    /// Finds the directory by the last bytes of an archive of `size` bytes; nil where it is not found.
    public init?(tail: UnsafeRawBufferPointer, size: Int) {
        guard let end = ZipEndLocation(of: tail, skipped: size - tail.count) else { return nil }
        offset = end.directoryOffset
        length = end.directoryLength
        shift = end.shift
        entryCount = end.entryCount
        is64 = end.is64
    }

    /// Calls `body` with every entry of the directory and its name; false if the directory is not in order.
    public func forEachEntry(
        in directory: UnsafeRawBufferPointer, _ body: (_ name: UnsafeRawBufferPointer, _ entry: Entry) -> Void
    ) -> Bool {
        var position = 0
        var count = 0
        while position < directory.count {
            guard let fixed = directory.part(at: position, count: ZipFormat.centralLength),
                fixed.littleEndian(UInt32.self, at: 0) == ZipFormat.centralSignature,
                let flags = fixed.littleEndian(UInt16.self, at: 8), flags & ZipFormat.encryptedFlag == 0,
                let method = fixed.littleEndian(UInt16.self, at: 10),
                let crc = fixed.littleEndian(UInt32.self, at: 16),
                let packedSize = fixed.littleEndian(UInt32.self, at: 20),
                let size = fixed.littleEndian(UInt32.self, at: 24),
                let nameLength = fixed.littleEndian(UInt16.self, at: 28),
                let extraLength = fixed.littleEndian(UInt16.self, at: 30),
                let commentLength = fixed.littleEndian(UInt16.self, at: 32),
                let localOffset = fixed.littleEndian(UInt32.self, at: 42),
                let name = directory.part(at: position + ZipFormat.centralLength, count: Int(nameLength)),
                let extra = directory.part(
                    at: position + ZipFormat.centralLength + name.count, count: Int(extraLength)),
                let fields = Zip64Fields(size: size, packedSize: packedSize, offset: localOffset, extra: extra),
                let header = fields.offset.addingIfPossible(shift), header >= 0, header < offset,
                fields.packedSize <= offset - header
            else { return false }
            body(
                name,
                Entry(
                    method: method, crc: crc, packedSize: fields.packedSize, size: fields.size, offset: header,
                    nameLength: name.count))
            position += ZipFormat.centralLength + name.count + extra.count + Int(commentLength)
            count += 1
        }
        return position == directory.count && (count == entryCount || (!is64 && count & 0xffff == entryCount))
    }
}

extension ZipDirectoryScan.Entry {
    /// How many bytes stand between an entry's beginning and its packed content.
    ///
    /// - Parameter header: the first bytes of the entry.
    /// - Returns: nil when there is no local header, or fewer bytes of it than it needs.
    public func contentStart(header: UnsafeRawBufferPointer) -> Int? {
        guard header.littleEndian(UInt32.self, at: 0) == ZipFormat.localSignature,
            let nameLength = header.littleEndian(UInt16.self, at: 26),
            let extraLength = header.littleEndian(UInt16.self, at: 28)
        else { return nil }
        return ZipFormat.localLength + Int(nameLength) + Int(extraLength)
    }

    /// Unpacks the content of a stored or deflated entry.
    ///
    /// - Parameters:
    ///   - packed: the packed content.
    ///   - output: memory of exactly its size.
    ///   - inflater: the calling thread's own.
    /// - Throws: `ArchiveError`, also if size or checksum are not as recorded.
    public func unpack(
        _ packed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, inflater: Inflater
    ) throws(ArchiveError) {
        switch ZipMethod(code: method) {
        case .stored:
            guard packed.count == output.count else { throw ArchiveError.wrongLength }
            output.copyMemory(from: packed)
        case .deflate: try inflater.inflate(packed, into: output)
        case .lzma, .xz:
            let unpacker = try LZMAUnpacker(packed, method: ZipMethod(code: method), size: size)
            guard try unpacker.unpack(into: output) == output.count, try unpacker.isAtEnd() else {
                throw ArchiveError.wrongLength
            }
        case .other: throw ArchiveError.unsupportedMethod(ZipMethod(code: method), name: "")
        }
        guard CRC32.checksum(UnsafeRawBufferPointer(output)) == crc else { throw .wrongChecksum(name: "") }
    }
}
