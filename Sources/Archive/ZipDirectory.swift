/// The central directory of a zip archive.
enum ZipDirectory {
    /// Reads all entries.
    ///
    /// - Returns: nil if the directory is missing or in any way inconsistent.
    static func entries(of archive: UnsafeRawBufferPointer) -> [ZipEntry]? {
        guard let end = End(of: archive),
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
        guard let fields, let header = fields.offset.addingIfPossible(shift),
            archive.littleEndian(UInt32.self, at: header) == ZipFormat.localSignature
        else { return nil }
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

    /// The record at the end of the archive and its zip64 form.
    private struct End {
        let entryCount: Int
        let directoryOffset: Int
        let directoryLength: Int
        let is64: Bool
        /// What to add to all offsets: bytes that somebody put in front of the archive.
        let shift: Int

        init?(of archive: UnsafeRawBufferPointer) {
            guard let position = Self.position(in: archive),
                let count = archive.littleEndian(UInt16.self, at: position + 10),
                let length = archive.littleEndian(UInt32.self, at: position + 12),
                let offset = archive.littleEndian(UInt32.self, at: position + 16)
            else { return nil }
            let recordedOffset: Int
            let directoryEnd: Int
            if let large = Self.end64(before: position, in: archive) {
                is64 = true
                (entryCount, directoryLength, recordedOffset, directoryEnd) = large
            } else {
                is64 = false
                (entryCount, directoryLength, recordedOffset) = (Int(count), Int(length), Int(offset))
                directoryEnd = position
            }
            directoryOffset = directoryEnd - directoryLength
            shift = directoryOffset - recordedOffset
            guard directoryOffset >= 0, shift >= 0 else { return nil }
        }

        /// The last end record whose comment reaches exactly to the end.
        private static func position(in archive: UnsafeRawBufferPointer) -> Int? {
            let first = max(0, archive.count - ZipFormat.endLength - Int(UInt16.max))
            var position = archive.count - ZipFormat.endLength
            while position >= first {
                if archive.littleEndian(UInt32.self, at: position) == ZipFormat.endSignature,
                    let comment = archive.littleEndian(UInt16.self, at: position + 20),
                    position + ZipFormat.endLength + Int(comment) == archive.count
                {
                    return position
                }
                position -= 1
            }
            return nil
        }

        private static func end64(
            before end: Int, in archive: UnsafeRawBufferPointer
        ) -> (count: Int, length: Int, offset: Int, directoryEnd: Int)? {
            let locator = end - ZipFormat.end64LocatorLength
            guard archive.littleEndian(UInt32.self, at: locator) == ZipFormat.end64LocatorSignature,
                let recorded = archive.littleEndian(UInt64.self, at: locator + 8), let recorded = Int(exactly: recorded)
            else { return nil }
            // With bytes in front, the record is still where it is always written: just before its locator.
            for position in [recorded, locator - ZipFormat.end64Length] {
                guard position <= locator,
                    archive.littleEndian(UInt32.self, at: position) == ZipFormat.end64Signature,
                    let count = archive.littleEndian(UInt64.self, at: position + 32), let count = Int(exactly: count),
                    let length = archive.littleEndian(UInt64.self, at: position + 40),
                    let length = Int(exactly: length),
                    let offset = archive.littleEndian(UInt64.self, at: position + 48), let offset = Int(exactly: offset)
                else { continue }
                return (count, length, offset, position)
            }
            return nil
        }
    }
}

/// Sizes and offset of a header, from its 32 bit fields or from the zip64 record where those say so.
struct Zip64Fields {
    let size: Int
    let packedSize: Int
    let offset: Int

    init?(size: UInt32, packedSize: UInt32, offset: UInt32, extra: UnsafeRawBufferPointer) {
        var record = UnsafeRawBufferPointer(start: nil, count: 0)
        if size == ZipFormat.see64 || packedSize == ZipFormat.see64 || offset == ZipFormat.see64 {
            record = Self.record(in: extra) ?? record
        }
        var position = 0
        /// A record that is too short, or absent, leaves the 32 bit value as it is.
        func resolve(_ value: UInt32) -> Int? {
            guard value == ZipFormat.see64, let large = record.littleEndian(UInt64.self, at: position) else {
                return Int(value)
            }
            position += 8
            return Int(exactly: large)
        }
        guard let size = resolve(size), let packedSize = resolve(packedSize), let offset = resolve(offset) else {
            return nil
        }
        self.size = size
        self.packedSize = packedSize
        self.offset = offset
    }

    private static func record(in extra: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var position = 0
        while let tag = extra.littleEndian(UInt16.self, at: position),
            let length = extra.littleEndian(UInt16.self, at: position + 2)
        {
            if tag == ZipFormat.zip64ExtraTag { return extra.part(at: position + 4, count: Int(length)) }
            position += 4 + Int(length)
        }
        return nil
    }
}

extension Int {
    /// The sum, nil if it overflows.
    func addingIfPossible(_ other: Int) -> Int? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }
}
