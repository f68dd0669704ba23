/// The central directory of a zip archive.
enum ZipDirectory {
    /// Reads all entries.
    ///
    /// - Returns: nil if the directory is missing or in any way inconsistent.
    static func entries(of archive: UnsafeRawBufferPointer) -> [ZipEntry]? {
        guard let end = ZipEndLocation(of: archive),
            let directory = archive.part(at: end.directoryOffset, count: end.directoryLength)
        else { return nil }
        var entries: [ZipEntry] = []
        // The count is a claim; the bytes that are there bound what it may reserve.
        entries.reserveCapacity(min(end.entryCount, directory.count / ZipFormat.centralLength))
        var offset = 0
        while offset < directory.count {
            guard let (entry, length) = entry(at: offset, in: directory, archive: archive, shift: end.shift) else {
                return nil
            }
            entries.append(entry)
            offset += length
        }
        // Some writers let the 16 bit count wrap instead of writing zip64.
        guard entries.count == end.entryCount || (!end.is64 && entries.count & 0xffff == end.entryCount) else {
            return nil
        }
        return entries
    }

    /// One header, and its length.
    private static func entry(
        at offset: Int, in directory: UnsafeRawBufferPointer, archive: UnsafeRawBufferPointer, shift: Int
    ) -> (ZipEntry, length: Int)? {
        guard let fixed = directory.part(at: offset, count: ZipFormat.centralLength),
            fixed.littleEndian(UInt32.self, at: 0) == ZipFormat.centralSignature,
            let flags = fixed.littleEndian(UInt16.self, at: 8),
            let method = fixed.littleEndian(UInt16.self, at: 10),
            let crc = fixed.littleEndian(UInt32.self, at: 16),
            let packedSize = fixed.littleEndian(UInt32.self, at: 20),
            let size = fixed.littleEndian(UInt32.self, at: 24),
            let nameLength = fixed.littleEndian(UInt16.self, at: 28),
            let extraLength = fixed.littleEndian(UInt16.self, at: 30),
            let commentLength = fixed.littleEndian(UInt16.self, at: 32),
            let localOffset = fixed.littleEndian(UInt32.self, at: 42),
            let name = directory.part(at: offset + ZipFormat.centralLength, count: Int(nameLength)),
            let extra = directory.part(
                at: offset + ZipFormat.centralLength + name.count, count: Int(extraLength) + Int(commentLength))
        else { return nil }
        let fields = Zip64Fields(
            size: size, packedSize: packedSize, offset: localOffset,
            extra: UnsafeRawBufferPointer(rebasing: extra.prefix(Int(extraLength))))
        guard let fields, let header = fields.offset.addingIfPossible(shift) else { return nil }
        let entry = ZipEntry(
            name: ZipDirectory.name(name), method: ZipMethod(code: method), crc: crc, packedSize: fields.packedSize,
            size: fields.size, offset: header, isEncrypted: flags & ZipFormat.encryptedFlag != 0)
        return (entry, ZipFormat.centralLength + name.count + extra.count)
    }

    /// The name as text, with forward slashes.
    static func name(_ bytes: UnsafeRawBufferPointer) -> String {
        let backslash = UInt8(ascii: "\\")
        guard bytes.contains(backslash) else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.map { $0 == backslash ? UInt8(ascii: "/") : $0 }, as: UTF8.self)
    }
}

extension Int {
    /// The sum, nil if it overflows.
    func addingIfPossible(_ other: Int) -> Int? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }
}
