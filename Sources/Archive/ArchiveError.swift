/// A reason why an archive cannot be read or written.
public enum ArchiveError: Error, Sendable, Hashable {
    /// The bytes hold neither a directory nor a single entry.
    case notAnArchive
    /// A compressed piece is not what the compressor wrote.
    case badData
    /// A compressed piece holds fewer or more bytes than its place.
    case wrongLength
    /// An entry's header or content is damaged; the text says which check failed.
    case damagedEntry(name: String, String)
    /// An entry's content does not match its checksum.
    case wrongChecksum(name: String)
    /// An entry is compressed in a way that is not supported.
    case unsupportedMethod(ZipMethod, name: String)
    /// An entry is encrypted by the archive itself.
    case encryptedEntry(name: String)
    /// The caller's buffer does not have the entry's size.
    case wrongBufferSize(name: String, needed: Int)
    /// A name is longer than the 65,535 bytes that the format allows.
    case nameTooLong
    /// An entry came after `finish()`.
    case alreadyFinished
    /// There was no memory for a compressor or for an entry of a claimed size.
    case outOfMemory
}

extension ArchiveError: CustomStringConvertible {
    /// A sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .notAnArchive:
            "This is not a zip archive. \(Self.fetchAgain)"
        case .badData:
            "The compressed data is damaged. \(Self.fetchAgain)"
        case .wrongLength:
            "The compressed data does not have the recorded size. \(Self.fetchAgain)"
        case .damagedEntry(let name, let detail):
            "Entry “\(name)” is damaged: \(detail). \(Self.fetchAgain)"
        case .wrongChecksum(let name):
            "Entry “\(name)” does not match its checksum. \(Self.fetchAgain)"
        case .unsupportedMethod(let method, let name):
            "Entry “\(name)” is compressed with \(method), which cannot be read. Stored, Deflate, LZMA and XZ can; "
                + "let Duplicati compact the backup with zip-compression-method=Deflate."
        case .encryptedEntry(let name):
            "Entry “\(name)” is encrypted with a zip password. Backups never are; check where the object came from."
        case .wrongBufferSize(let name, let needed):
            "The buffer for entry “\(name)” has the wrong size. It needs \(needed) bytes."
        case .nameTooLong:
            "An entry name is longer than 65,535 bytes. Choose a shorter one."
        case .alreadyFinished:
            "The archive has been finished already. Write to a new one."
        case .outOfMemory:
            "There is not enough memory to compress or extract. Free some, or lower the block size."
        }
    }

    private static var fetchAgain: String { "Fetch the object again; if that fails, the stored copy is damaged." }
}
