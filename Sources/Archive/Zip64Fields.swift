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
