public import Archive
public import Cryptography
public import Support

/// An object of a store, decrypted and ready to be read, from any thread.
///
/// Nothing leaves unverified: the encryption's code covers the whole object before anything is decrypted, each entry
/// is checked against its size and checksum, and blocks against their hash. The plaintext lies in memory up to
/// 64 MiB, above that in a nameless file of the temporary folder.
///
/// The members are fixed after the initialiser, which makes it safe to share.
public final class VolumeReader: Sendable {
    static let fileListName = "filelist.json"

    /// More than any manifest or fileset entry has; a larger claim is not worth its memory.
    static let smallEntryLimit = 1 << 20

    /// The object's name.
    public let name: ObjectName

    /// What the object says of itself.
    public let manifest: Manifest

    /// The blocks of a data volume, or the blocklists of an index volume, one for each hash.
    public let blocks: [StoredBlock]

    private let positions: [Digest: Int]
    private let zip: ZipReader
    private let archive: VolumeBytes

    /// Opens an object in a local file.
    ///
    /// - Parameters:
    ///   - path: the file; it stays in place and unchanged while the reader lives.
    ///   - name: the object's name; its ending decides how it is decrypted.
    ///   - passphrase: needed for encrypted objects.
    ///   - settings: the settings of the store, when known: others are refused.
    ///   - folder: where large plaintext goes, as a nameless file.
    /// - Throws: `StoreFormatError`.
    public convenience init(
        path: String, name: ObjectName, passphrase: Secret?, settings: StoreSettings? = nil, folder: String = "/tmp"
    ) throws(StoreFormatError) {
        try Self.checkCompression(name)
        let decryption = VolumeDecryption(name: name, passphrase: passphrase, folder: folder)
        try self.init(archive: try decryption.archive(ofFileAt: path), name: name, settings: settings)
    }

    /// Opens an object in memory.
    public convenience init(
        bytes: [UInt8], name: ObjectName, passphrase: Secret?, settings: StoreSettings? = nil, folder: String = "/tmp"
    ) throws(StoreFormatError) {
        try Self.checkCompression(name)
        let decryption = VolumeDecryption(name: name, passphrase: passphrase, folder: folder)
        try self.init(archive: try decryption.archive(of: bytes), name: name, settings: settings)
    }

    private init(archive: VolumeBytes, name: ObjectName, settings: StoreSettings?) throws(StoreFormatError) {
        self.name = name
        self.archive = archive
        do {
            zip = try ZipReader(archive.bytes)
        } catch {
            throw StoreFormatError(from: error, object: name.text)
        }
        guard let entry = zip.entry(named: Manifest.entryName) else {
            throw StoreFormatError(.manifestMissing, object: name.text)
        }
        guard entry.size <= Self.smallEntryLimit else {
            throw StoreFormatError(.damaged, object: name.text, detail: "its manifest has \(entry.size) bytes")
        }
        manifest = try Manifest.decode(try Self.content(of: entry, in: zip, object: name.text), object: name.text)
        if let settings { try manifest.check(against: settings, object: name.text) }
        (blocks, positions) = Self.blocks(of: zip, kind: name.kind, algorithm: manifest.settings.blockHash)
    }

    private static func checkCompression(_ name: ObjectName) throws(StoreFormatError) {
        guard name.compression == "zip" else {
            throw StoreFormatError(.unsupported, object: name.text, detail: "archive format '\(name.compression)'")
        }
    }

    private static func blocks(
        of zip: ZipReader, kind: ObjectName.Kind, algorithm: HashAlgorithm
    ) -> ([StoredBlock], [Digest: Int]) {
        guard kind != .dlist else { return ([], [:]) }
        var blocks: [StoredBlock] = []
        var positions: [Digest: Int] = [:]
        blocks.reserveCapacity(zip.entries.count)
        positions.reserveCapacity(zip.entries.count)
        let prefix = kind == .dindex ? IndexEntries.listPrefix : ""
        for entry in zip.entries where prefix.isEmpty || entry.name.hasPrefix(prefix) {
            guard let digest = IndexEntries.digest(entry.name.dropFirst(prefix.count), algorithm: algorithm) else {
                continue
            }
            let block = StoredBlock(digest: digest, entry: entry)
            // Of entries of one name the last one counts.
            if let position = positions[digest] {
                blocks[position] = block
            } else {
                positions[digest] = blocks.count
                blocks.append(block)
            }
        }
        return (blocks, positions)
    }

    /// The settings in the manifest.
    public var settings: StoreSettings { manifest.settings }

    /// All entries of the archive, the manifest included.
    public var entries: [ZipEntry] { zip.entries }

    /// Whether the archive's directory was damaged, and the entries found by their own headers: some may be missing.
    public var directoryWasDamaged: Bool { zip.directoryWasDamaged }

    /// The block of a hash.
    public func block(_ digest: Digest) -> StoredBlock? {
        positions[digest].map { blocks[$0] }
    }

    /// Extracts a block into memory of exactly its size, and checks its hash.
    ///
    /// - Parameters:
    ///   - block: one of `blocks`.
    ///   - output: `block.size` bytes; undefined after an error.
    ///   - scratch: the calling thread's own.
    /// - Throws: `StoreFormatError` of kind `damaged` or `unsupported`.
    public func extract(
        _ block: StoredBlock, into output: UnsafeMutableRawBufferPointer, scratch: BlockScratch
    ) throws(StoreFormatError) {
        do {
            try zip.extract(block.entry, into: output, inflater: scratch.inflater)
        } catch {
            throw StoreFormatError(from: error, object: name.text)
        }
        guard scratch.hash.hash(UnsafeRawBufferPointer(output)) == block.digest else {
            throw StoreFormatError(.damaged, object: name.text, detail: "block \(block.digest) has another hash")
        }
    }

    /// Hands a block's verified content to `body`.
    ///
    /// - Throws: `StoreFormatError`, `entryMissing` when the object has no such block; whatever `body` throws.
    public func withBlock<R>(
        _ digest: Digest, scratch: BlockScratch, _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        guard let block = block(digest) else {
            throw StoreFormatError(.entryMissing, object: name.text, detail: "block \(digest)")
        }
        guard block.size <= settings.blockSize else {
            throw StoreFormatError(
                .damaged, object: name.text, detail: "block \(digest) is larger than the store's block size")
        }
        let room = scratch.room(block.size)
        try extract(block, into: room, scratch: scratch)
        return try body(UnsafeRawBufferPointer(room))
    }

    /// Hands a block to `body` as it is packed, to be copied; only `withBlock` says whether its content is right.
    ///
    /// - Throws: `StoreFormatError` when it is not within the object; whatever `body` throws.
    public func withPacked<R>(_ block: StoredBlock, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        let packed: UnsafeRawBufferPointer
        do {
            packed = try zip.packed(block.entry)
        } catch {
            throw StoreFormatError(from: error, object: name.text)
        }
        return try body(packed)
    }

    /// The content of a small entry.
    public func content(of entry: ZipEntry) throws(StoreFormatError) -> [UInt8] {
        try Self.content(of: entry, in: zip, object: name.text)
    }

    private static func content(
        of entry: ZipEntry, in zip: ZipReader, object: String
    ) throws(StoreFormatError) -> [UInt8] {
        do {
            return try zip.extract(entry)
        } catch {
            throw StoreFormatError(from: error, object: object)
        }
    }

    /// Hands an entry of any size to `chunk`, piece by piece; correct only if nothing was thrown.
    func stream(_ entry: ZipEntry, chunk: (UnsafeRawBufferPointer) throws -> Void) throws {
        do {
            try zip.stream(entry, chunk: chunk)
        } catch let error as ArchiveError {
            throw StoreFormatError(from: error, object: name.text)
        }
    }

    /// The entry of a name.
    func entry(named entryName: String) -> ZipEntry? {
        zip.entry(named: entryName)
    }
}
