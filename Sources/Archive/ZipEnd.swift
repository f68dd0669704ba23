/// What the last record of an archive says; its zip64 form comes before it where a value needs that.
struct ZipEnd {
    let entryCount: Int
    let directoryLength: Int
    let directoryOffset: Int64

    /// The bytes that `append` adds.
    var length: Int {
        ZipFormat.endLength + (needs64 ? ZipFormat.end64Length + ZipFormat.end64LocatorLength : 0)
    }

    private var needs64: Bool {
        entryCount >= ZipFormat.see64Short || directoryLength >= ZipFormat.see64 || directoryOffset >= ZipFormat.see64
    }

    func append(to buffer: inout [UInt8]) {
        if needs64 { append64(to: &buffer) }
        buffer.appendLittleEndian(ZipFormat.endSignature)
        buffer.appendLittleEndian(UInt32(0))  // disks
        buffer.appendLittleEndian(UInt16(clamping: entryCount))
        buffer.appendLittleEndian(UInt16(clamping: entryCount))
        buffer.appendLittleEndian(UInt32(clamping: directoryLength))
        buffer.appendLittleEndian(UInt32(clamping: directoryOffset))
        buffer.appendLittleEndian(UInt16(0))  // length of the comment
    }

    private func append64(to buffer: inout [UInt8]) {
        buffer.appendLittleEndian(ZipFormat.end64Signature)
        buffer.appendLittleEndian(UInt64(ZipFormat.end64Length - 12))
        buffer.appendLittleEndian(ZipFormat.version64)
        buffer.appendLittleEndian(ZipFormat.version64)
        buffer.appendLittleEndian(UInt64(0))  // disks
        buffer.appendLittleEndian(UInt64(entryCount))
        buffer.appendLittleEndian(UInt64(entryCount))
        buffer.appendLittleEndian(UInt64(directoryLength))
        buffer.appendLittleEndian(UInt64(directoryOffset))
        buffer.appendLittleEndian(ZipFormat.end64LocatorSignature)
        buffer.appendLittleEndian(UInt32(0))  // disk
        buffer.appendLittleEndian(UInt64(directoryOffset) + UInt64(directoryLength))
        buffer.appendLittleEndian(UInt32(1))  // disks in total
    }
}
