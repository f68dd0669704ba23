internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// The entries of a filelist that was read through to its end, packed one after the other.
///
/// Made on the threads that fetch; an entry becomes a value again only when its version differs in it from the one
/// before, which the fingerprints tell.
struct ParsedFileList: Sendable {
    /// 128 bits of a hash of everything that the list says of an entry; all zero stands for none.
    struct Fingerprint: Hashable, Sendable {
        var high: UInt64 = 0
        var low: UInt64 = 0

        /// Whether it stands for an entry.
        var isSet: Bool { high | low != 0 }
    }

    /// One entry.
    struct Record: Sendable {
        /// Tells it from every other.
        let fingerprint: Fingerprint
        /// Bytes of content.
        let size: Int64
        /// What it is.
        let kind: EntryKind
        fileprivate let place: PackedEntries.Place
    }

    /// The entries, in the order of the list.
    let records: [Record]
    /// What the list held besides.
    let summary: FileListReader.Summary
    private let packed: PackedEntries

    /// Reads the filelist of a version to its end.
    /// - Parameters:
    ///   - reader: the filelist.
    ///   - folder: for what does not belong into memory.
    /// - Throws: `StoreFormatError` for what the list is, `SystemError` for the folder.
    init(_ reader: VolumeReader, folder: String) throws {
        let hasher = HashContext(.sha256)
        var records: [Record] = []
        var entries = PackedEntries.Writer(folder: folder)
        var packed: [UInt8] = []
        summary = try reader.readFileList { entry in
            packed.removeAll(keepingCapacity: true)
            Self.pack(entry, into: &packed)
            let fingerprint = hasher.hash(packed).withUnsafeBytes { bytes in
                Fingerprint(
                    high: bytes.loadUnaligned(as: UInt64.self),
                    low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            records.append(
                Record(
                    fingerprint: fingerprint, size: entry.kind == .file ? entry.size : 0, kind: entry.catalogKind,
                    place: try entries.append(packed)))
        }
        self.records = records
        self.packed = try entries.finish()
    }

    /// Reads entries, those that follow each other fast; by one thread at a time.
    func entries() -> PackedEntries.Reader { PackedEntries.Reader(packed) }

    /// The entry as the list has it.
    /// - Throws: `SystemError` when what is in a temporary file cannot be read.
    func entry(_ record: Record, _ entries: PackedEntries.Reader) throws(SystemError) -> FileEntry {
        try entries.with(record.place) { bytes, start in
            var input = Unpacking(bytes: bytes, position: start)
            let kind = FileEntry.Kind(rawValue: input.byte()) ?? .file
            let flags = input.byte()
            var entry = FileEntry(kind: kind, path: input.bytes(Int(input.integer())))
            entry.size = input.integer()
            entry.metaSize = Int(input.integer())
            if flags & Self.hasTime != 0 { entry.time = Timestamp(seconds: input.integer()) }
            if flags & Self.hasBlockSize != 0 { entry.blockSize = Int(input.integer()) }
            entry.hash = input.digest()
            entry.metaHash = input.digest()
            entry.metaBlockHash = input.digest()
            entry.blockHash = input.digest()
            entry.blocklists = input.digests()
            entry.metaBlocklists = input.digests()
            return entry
        }
    }

    private static let hasTime: UInt8 = 1
    private static let hasBlockSize: UInt8 = 2

    private static func pack(_ entry: FileEntry, into output: inout [UInt8]) {
        func append(_ number: Int64) {
            withUnsafeBytes(of: number) { output.append(contentsOf: $0) }
        }
        func append(_ digest: Digest?) {
            output.append(UInt8(digest?.count ?? 0))
            digest?.withUnsafeBytes { output.append(contentsOf: $0) }
        }
        func append(_ digests: [Digest]) {
            append(Int64(digests.count))
            for digest in digests { append(digest) }
        }
        output.append(entry.kind.rawValue)
        output.append((entry.time == nil ? 0 : hasTime) | (entry.blockSize == nil ? 0 : hasBlockSize))
        append(Int64(entry.path.count))
        output.append(contentsOf: entry.path)
        append(entry.size)
        append(Int64(entry.metaSize))
        if let time = entry.time { append(time.seconds) }
        if let size = entry.blockSize { append(Int64(size)) }
        append(entry.hash)
        append(entry.metaHash)
        append(entry.metaBlockHash)
        append(entry.blockHash)
        append(entry.blocklists)
        append(entry.metaBlocklists)
    }
}

/// Reads what `ParsedFileList` packed itself, so nothing is checked.
private struct Unpacking {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return bytes[position]
    }

    mutating func integer() -> Int64 {
        defer { position += 8 }
        return bytes.loadUnaligned(fromByteOffset: position, as: Int64.self)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func digest() -> Digest? {
        let count = Int(byte())
        defer { position += count }
        return count == 0 ? nil : Digest(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
    }

    mutating func digests() -> [Digest] {
        let count = Int(integer())
        return (0..<count).compactMap { _ in digest() }
    }
}
