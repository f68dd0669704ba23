/// What the two headers of an entry say: the local one before its content, and its part of the directory.
struct ZipHeader {
    let name: UnsafeRawBufferPointer
    let method: ZipMethod
    let modified: DOSTime
    let crc: UInt32
    let packedSize: Int
    let size: Int
    let offset: Int64

    private var sizesNeed64: Bool { packedSize >= ZipFormat.see64 || size >= ZipFormat.see64 }
    private var offsetNeeds64: Bool { offset >= ZipFormat.see64 }

    /// Appends the header that precedes the content.
    func appendLocal(to buffer: inout [UInt8]) {
        buffer.appendLittleEndian(ZipFormat.localSignature)
        appendCommonFields(to: &buffer, version: version(is64: sizesNeed64))
        buffer.appendLittleEndian(UInt16(sizesNeed64 ? 20 : 0))
        buffer.append(contentsOf: name)
        // The zip64 record of a local header has both sizes or neither.
        if sizesNeed64 { appendZip64(sizes: true, offset: false, to: &buffer) }
    }

    /// Appends the header of the directory.
    func appendCentral(to buffer: inout [UInt8]) {
        let needs64 = sizesNeed64 || offsetNeeds64
        buffer.appendLittleEndian(ZipFormat.centralSignature)
        // "Made by" names the host in its upper byte: 0, so that no reader takes the attributes for a file mode.
        buffer.appendLittleEndian(version(is64: needs64))
        appendCommonFields(to: &buffer, version: version(is64: needs64))
        buffer.appendLittleEndian(UInt16(needs64 ? 4 + (sizesNeed64 ? 16 : 0) + (offsetNeeds64 ? 8 : 0) : 0))
        buffer.appendLittleEndian(UInt16(0))  // length of the comment
        buffer.appendLittleEndian(UInt16(0))  // disk
        buffer.appendLittleEndian(UInt16(0))  // internal attributes
        buffer.appendLittleEndian(UInt32(0))  // external attributes
        buffer.appendLittleEndian(UInt32(clamping: offset))
        buffer.append(contentsOf: name)
        if needs64 { appendZip64(sizes: sizesNeed64, offset: offsetNeeds64, to: &buffer) }
    }

    private func version(is64: Bool) -> UInt16 {
        switch method {
        case .lzma, .xz: ZipFormat.versionLZMA
        default: is64 ? ZipFormat.version64 : ZipFormat.versionPlain
        }
    }

    /// The fields that both headers have in the same order: version to length of the name.
    private func appendCommonFields(to buffer: inout [UInt8], version: UInt16) {
        let isASCII = name.allSatisfy { $0 < 0x80 }
        buffer.appendLittleEndian(version)
        buffer.appendLittleEndian(isASCII ? UInt16(0) : ZipFormat.utf8Flag)
        buffer.appendLittleEndian(method.code)
        buffer.appendLittleEndian(modified.time)
        buffer.appendLittleEndian(modified.date)
        buffer.appendLittleEndian(crc)
        buffer.appendLittleEndian(sizesNeed64 ? ZipFormat.see64 : UInt32(packedSize))
        buffer.appendLittleEndian(sizesNeed64 ? ZipFormat.see64 : UInt32(size))
        buffer.appendLittleEndian(UInt16(name.count))
    }

    private func appendZip64(sizes: Bool, offset hasOffset: Bool, to buffer: inout [UInt8]) {
        buffer.appendLittleEndian(ZipFormat.zip64ExtraTag)
        buffer.appendLittleEndian(UInt16((sizes ? 16 : 0) + (hasOffset ? 8 : 0)))
        if sizes {
            buffer.appendLittleEndian(UInt64(size))
            buffer.appendLittleEndian(UInt64(packedSize))
        }
        if hasOffset { buffer.appendLittleEndian(UInt64(offset)) }
    }
}
