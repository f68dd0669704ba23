internal import Archive
public import Cryptography
internal import Glibc
public import Support

/// A data volume of which single blocks are read, from any thread, each with its own ``BlockReader``.
///
/// Unlike ``VolumeReader`` it holds neither the object nor its plaintext in memory, but only where each block is: about
/// 60 bytes for one. What is encrypted is authenticated as a whole before the first block is handed out; a block's
/// checksum is always checked, its hash unless the caller does that.
///
/// It reads volumes that are in perfect order. Others, and those of GnuPG, are for ``VolumeReader``.
public final class BlockVolume: Sendable {
    /// The object's name.
    public let name: ObjectName
    let settings: StoreSettings
    let source: VolumeSource
    private let table: BlockTable

    /// Opens an object in a local file.
    ///
    /// - Parameters:
    ///   - path: the file; it may lose its name while this lives, but not its content.
    ///   - name: the object's name; its ending decides how it is decrypted.
    ///   - passphrase: needed for encrypted objects.
    ///   - settings: the settings of the store: others are refused.
    ///   - hash: the hash of the object as stored; what is encrypted has its own code instead.
    /// - Throws: `StoreFormatError`; after any but a missing passphrase `VolumeReader` knows better what is wrong.
    public init(
        path: String, name: ObjectName, passphrase: Secret?, settings: StoreSettings, hash: Digest?
    ) throws(StoreFormatError) {
        self.name = name
        self.settings = settings
        do {
            source = try VolumeSource(path: path, name: name, passphrase: passphrase)
            try source.authenticate(hash: hash, settings: settings)
            let reader = try source.part()
            table = try Self.table(source, reader, name, settings.blockHash.digestLength)
            guard let entry = table.manifest, entry.size <= VolumeReader.smallEntryLimit else {
                throw StoreFormatError(.manifestMissing, object: name.text)
            }
            let content = try Self.content(of: entry, reader, name)
            try Manifest.decode(content, object: name.text).check(against: settings, object: name.text)
        } catch let error as StoreFormatError {
            throw error
        } catch let error as CryptError {
            throw StoreFormatError(from: error, object: name.text)
        } catch let error as ArchiveError {
            throw StoreFormatError(from: error, object: name.text)
        } catch {
            throw StoreFormatError(.damaged, object: name.text, detail: "\(error)")
        }
    }

    private static func table(
        _ source: VolumeSource, _ reader: VolumePart, _ name: ObjectName, _ digestLength: Int
    ) throws -> BlockTable {
        let damaged = StoreFormatError(.damaged, object: name.text, detail: "its directory is not in order")
        let tailLength = min(source.count, ZipDirectoryScan.tailLength)
        let tail = try reader.bytes(at: source.count - tailLength, count: tailLength)
        let scan = ZipDirectoryScan(
            tail: tail, size: source.count)
        guard let scan, scan.length <= 256 << 20 else { throw damaged }
        var table = BlockTable(digestLength: digestLength, capacity: scan.length / 90)
        let directory = try reader.bytes(at: scan.offset, count: scan.length)
        let isWhole = scan.forEachEntry(in: directory) { entryName, entry in table.add(entryName, entry) }
        guard isWhole else { throw damaged }
        table.sort()
        return table
    }

    private static func content(
        of entry: ZipDirectoryScan.Entry, _ reader: VolumePart, _ name: ObjectName
    ) throws -> [UInt8] {
        var content = [UInt8](repeating: 0, count: entry.size)
        try content.withUnsafeMutableBytes { output in
            try reader.unpack(entry, into: output, inflater: Inflater())
        }
        return content
    }

    /// Its size as stored.
    public var storedSize: Int64 { Int64(source.storedCount) }

    /// How many blocks it holds.
    public var count: Int { table.count }

    func entry(_ digest: Digest) -> ZipDirectoryScan.Entry? { table.find(digest) }
}

/// Takes blocks out of volumes; one for each thread.
public final class BlockReader {
    /// The hash of blocks.
    public let hash: HashContext
    private let inflater = Inflater()
    private let settings: StoreSettings
    private let room: UnsafeMutableRawBufferPointer
    private let scratch: BlockScratch
    private var current: (volume: BlockVolume, part: VolumePart)?

    /// Creates it for the blocks of a store.
    public init(settings: StoreSettings) {
        self.settings = settings
        hash = HashContext(settings.blockHash)
        scratch = BlockScratch(settings: settings)
        // On a page, so that it can be written past the kernel's cache.
        room = .allocate(byteCount: max(1, settings.blockSize), alignment: 4096)
    }

    deinit { room.deallocate() }

    /// Lets go of the last volume.
    public func close() { current = nil }

    /// Hands a block's content to `body`.
    ///
    /// - Parameters:
    ///   - digest: the block.
    ///   - volume: where it is.
    ///   - checksHash: false when the caller verifies what it makes of the blocks.
    ///   - body: gets the content.
    /// - Returns: what `body` returns.
    /// - Throws: `StoreFormatError`, `entryMissing` when the object has no such block; whatever `body` throws.
    public func withBlock<R>(
        _ digest: Digest, in volume: BlockVolume, checksHash: Bool = true,
        _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        let output = try extract(digest, volume, checksHash: checksHash)
        return try body(output)
    }

    private func extract(
        _ digest: Digest, _ volume: BlockVolume, checksHash: Bool
    ) throws(StoreFormatError) -> UnsafeRawBufferPointer {
        guard let entry = volume.entry(digest) else {
            throw StoreFormatError(.entryMissing, object: volume.name.text, detail: "block \(digest)")
        }
        guard entry.size <= settings.blockSize else {
            throw StoreFormatError(
                .damaged, object: volume.name.text, detail: "block \(digest) is larger than the store's block size")
        }
        let output = UnsafeMutableRawBufferPointer(rebasing: room[..<entry.size])
        do {
            let part: VolumePart
            if let current, current.volume === volume {
                part = current.part
            } else {
                part = try volume.source.part()
                current = (volume, part)
            }
            try part.unpack(entry, into: output, inflater: inflater)
        } catch let error as ArchiveError {
            throw StoreFormatError(from: error, object: volume.name.text)
        } catch let error as CryptError {
            throw StoreFormatError(from: error, object: volume.name.text)
        } catch {
            throw StoreFormatError(.damaged, object: volume.name.text, detail: "block \(digest): \(error)")
        }
        let content = UnsafeRawBufferPointer(output)
        guard !checksHash || hash.hash(content) == digest else {
            throw StoreFormatError(.damaged, object: volume.name.text, detail: "block \(digest) has another hash")
        }
        return content
    }

    /// Hands a block of an opened object to `body`, verified.
    public func withBlock<R>(
        _ digest: Digest, in volume: VolumeReader, _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        try volume.withBlock(digest, scratch: scratch, body)
    }
}
