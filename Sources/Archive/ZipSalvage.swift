/// Entries found by walking from local header to local header, for archives whose directory is damaged or missing.
struct ZipSalvage {
    private let archive: UnsafeRawBufferPointer
    /// How many bytes the search for data descriptors may look at, so that forged headers cannot make it quadratic.
    private var budget: Int

    init(_ archive: UnsafeRawBufferPointer) {
        self.archive = archive
        budget = archive.count.multipliedReportingOverflow(by: 16).partialValue
    }

    /// Walks the whole archive.
    ///
    /// An entry that reaches beyond the end is left out.
    mutating func entries() -> [ZipEntry] {
        var entries: [ZipEntry] = []
        var position = 0
        while let header = next(ZipFormat.localSignature, from: position) {
            guard let (entry, end) = entry(at: header) else {
                position = header + 4
                continue
            }
            entries.append(entry)
            position = end
        }
        return entries
    }

    /// One entry, and where it ends.
    private mutating func entry(at header: Int) -> (ZipEntry, end: Int)? {
        guard let fixed = archive.part(at: header, count: ZipFormat.localLength),
            let flags = fixed.littleEndian(UInt16.self, at: 6),
            let method = fixed.littleEndian(UInt16.self, at: 8),
            let crc = fixed.littleEndian(UInt32.self, at: 14),
            let packedSize = fixed.littleEndian(UInt32.self, at: 18),
            let size = fixed.littleEndian(UInt32.self, at: 22),
            let nameLength = fixed.littleEndian(UInt16.self, at: 26),
            let extraLength = fixed.littleEndian(UInt16.self, at: 28),
            let name = archive.part(at: header + ZipFormat.localLength, count: Int(nameLength)), !name.isEmpty,
            let extra = archive.part(at: header + ZipFormat.localLength + name.count, count: Int(extraLength)),
            let fields = Zip64Fields(size: size, packedSize: packedSize, offset: 0, extra: extra)
        else { return nil }
        let start = header + ZipFormat.localLength + name.count + extra.count
        var found = Descriptor(crc: crc, packedSize: fields.packedSize, size: fields.size, length: 0)
        if flags & ZipFormat.descriptorFlag != 0, found.packedSize == 0 {
            guard let descriptor = descriptor(from: start) else { return nil }
            found = descriptor
        }
        guard archive.part(at: start, count: found.packedSize) != nil else { return nil }
        let entry = ZipEntry(
            name: ZipDirectory.name(name), method: ZipMethod(code: method), crc: found.crc,
            packedSize: found.packedSize, size: found.size, offset: header,
            isEncrypted: flags & ZipFormat.encryptedFlag != 0)
        return (entry, start + found.packedSize + found.length)
    }

    private struct Descriptor {
        var crc: UInt32
        var packedSize: Int
        var size: Int
        var length: Int
    }

    /// The descriptor after a content of unknown size: recognised by a packed size equal to its own distance,
    /// with or without a signature, in 32 or 64 bits.
    private mutating func descriptor(from start: Int) -> Descriptor? {
        var position = start
        while budget > 0, let mark = nextMark(from: position) {
            budget -= mark - position + 1
            let signature = archive.littleEndian(UInt32.self, at: mark)
            if signature == ZipFormat.descriptorSignature {
                // In 32 bits, the upper half of a packed size of 64 looks like a size of zero, which at most two
                // packed bytes can have.
                for is64 in [false, true] {
                    if var found = fields(at: mark + 4, is64: is64), found.packedSize == mark - start,
                        is64 || found.size > 0 || found.packedSize <= 2
                    {
                        found.length += 4
                        return found
                    }
                }
            } else if signature == ZipFormat.localSignature || signature == ZipFormat.centralSignature {
                for is64 in [false, true] {
                    let length = is64 ? 20 : 12
                    if mark - length >= start, let found = fields(at: mark - length, is64: is64),
                        found.packedSize == mark - length - start
                    {
                        return found
                    }
                }
            }
            position = mark + 1
        }
        return nil
    }

    private func fields(at offset: Int, is64: Bool) -> Descriptor? {
        guard let crc = archive.littleEndian(UInt32.self, at: offset) else { return nil }
        if is64 {
            guard let packed = archive.littleEndian(UInt64.self, at: offset + 4), let packed = Int(exactly: packed),
                let size = archive.littleEndian(UInt64.self, at: offset + 12), let size = Int(exactly: size)
            else { return nil }
            return Descriptor(crc: crc, packedSize: packed, size: size, length: 20)
        }
        guard let packed = archive.littleEndian(UInt32.self, at: offset + 4),
            let size = archive.littleEndian(UInt32.self, at: offset + 8)
        else { return nil }
        return Descriptor(crc: crc, packedSize: Int(packed), size: Int(size), length: 12)
    }

    /// The next "PK", which all signatures begin with.
    private func nextMark(from start: Int) -> Int? {
        var position = start
        while let first = archive.firstIndex(of: UInt8(ascii: "P"), from: position) {
            if first + 1 < archive.count, archive[first + 1] == UInt8(ascii: "K") { return first }
            position = first + 1
        }
        return nil
    }

    private func next(_ signature: UInt32, from start: Int) -> Int? {
        var position = start
        while let mark = nextMark(from: position) {
            if archive.littleEndian(UInt32.self, at: mark) == signature { return mark }
            position = mark + 1
        }
        return nil
    }
}
