/// Where the directory of an archive is, from the record at the end and its zip64 form; nothing else is verified.
struct ZipEndLocation {
    let entryCount: Int
    let directoryOffset: Int
    let directoryLength: Int
    let is64: Bool
    /// What to add to all offsets: bytes that somebody put in front of the archive.
    let shift: Int

    /// Finds the record; `skipped` is how many bytes of the archive come before those given.
    init?(of archive: UnsafeRawBufferPointer, skipped: Int = 0) {
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
        // In this order no difference can overflow, whatever was recorded.
        guard directoryLength >= 0, directoryLength <= skipped + directoryEnd else { return nil }
        directoryOffset = skipped + directoryEnd - directoryLength
        shift = directoryOffset - recordedOffset
        guard shift >= 0 else { return nil }
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
