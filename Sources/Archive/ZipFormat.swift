internal import Glibc

/// The numbers of the zip container format (APPNOTE 6.3.10).
enum ZipFormat {
    static let localSignature: UInt32 = 0x0403_4b50
    static let descriptorSignature: UInt32 = 0x0807_4b50
    static let centralSignature: UInt32 = 0x0201_4b50
    static let endSignature: UInt32 = 0x0605_4b50
    static let end64Signature: UInt32 = 0x0606_4b50
    static let end64LocatorSignature: UInt32 = 0x0706_4b50

    static let localLength = 30
    static let centralLength = 46
    static let endLength = 22
    static let end64Length = 56
    static let end64LocatorLength = 20

    static let zip64ExtraTag: UInt16 = 0x0001
    /// Fields of 32 and 16 bits with all bits set send the reader to the zip64 record.
    static let see64: UInt32 = 0xffff_ffff
    static let see64Short: UInt16 = 0xffff

    static let versionPlain: UInt16 = 20
    static let version64: UInt16 = 45
    static let versionLZMA: UInt16 = 63

    static let encryptedFlag: UInt16 = 1 << 0
    static let descriptorFlag: UInt16 = 1 << 3
    static let utf8Flag: UInt16 = 1 << 11
}

extension UnsafeRawBufferPointer {
    /// A little-endian integer, nil where it would reach out of bounds.
    @inline(__always)
    func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T? {
        guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return nil }
        return T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// A part, nil where it would reach out of bounds.
    func part(at offset: Int, count length: Int) -> UnsafeRawBufferPointer? {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
        return UnsafeRawBufferPointer(rebasing: self[offset..<offset + length])
    }
}

extension UnsafeRawBufferPointer {
    /// The first place of a byte at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start >= 0, start < count,
            let found = memchr(base + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}

extension [UInt8] {
    /// Appends an integer in little-endian order.
    @inline(__always)
    mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
