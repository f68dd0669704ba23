internal import Archive
public import Cryptography
public import Support

/// An object opened as far as possible: damaged, cut, renamed, or already decrypted.
///
/// What it is and how it is encrypted is told by its content. Nothing of it counts as authentic: a block is what its
/// hash says, everything else is only what was found.
///
/// The members are fixed after the initialiser, which makes it safe to share.
public final class SalvagedVolume: Sendable {
    /// The object's name at the destination.
    public let name: String

    /// What it holds; nil when that cannot be told.
    public let kind: ObjectName.Kind?

    /// What it says of itself, if it still does.
    public let manifest: Manifest?

    /// Whether it was encrypted.
    public let isEncrypted: Bool

    /// What is wrong with the object as a whole; nil when it is as it was written.
    ///
    /// Single entries may be damaged still.
    public let damage: String?

    private let zip: ZipReader
    private let archive: VolumeBytes

    /// Opens an object in a local file.
    ///
    /// - Parameters:
    ///   - path: the file; it stays in place and unchanged while the volume lives.
    ///   - name: the object's name; its ending only matters for OpenPGP.
    ///   - passphrase: needed for what is encrypted.
    ///   - folder: where large plaintext goes, as a nameless file.
    /// - Throws: `StoreFormatError`; `damaged` when nothing of it can be read.
    public init(path: String, name: String, passphrase: Secret?, folder: String) throws(StoreFormatError) {
        self.name = name
        var damage: String?
        (archive, isEncrypted) = try Self.archive(path, name, passphrase, folder, &damage)
        let zip: ZipReader
        do {
            zip = try ZipReader(archive.bytes)
        } catch {
            throw StoreFormatError(from: error, object: name)
        }
        self.zip = zip
        if zip.directoryWasDamaged { damage = damage ?? "the directory of its archive is damaged" }
        manifest = zip.entry(named: Manifest.entryName).flatMap { entry in
            guard entry.size <= VolumeReader.smallEntryLimit, let bytes = try? zip.extract(entry) else { return nil }
            return try? Manifest.decode(bytes, object: name)
        }
        if manifest == nil { damage = damage ?? "its manifest cannot be read" }
        self.damage = damage
        kind = Self.kind(of: zip, named: name)
    }

    private static func archive(
        _ path: String, _ name: String, _ passphrase: Secret?, _ folder: String, _ damage: inout String?
    ) throws(StoreFormatError) -> (VolumeBytes, isEncrypted: Bool) {
        if let parsed = ObjectName(parsing: name), parsed.encryption == .gpg {
            guard let passphrase else { throw StoreFormatError(.passphraseMissing, object: name) }
            return (try GPGDecryption(name: parsed, passphrase: passphrase, folder: folder).decrypt(path), true)
        }
        do {
            let stored = try VolumeBytes.mapping(path)
            guard stored.bytes.starts(with: [0x41, 0x45, 0x53]) else { return (stored, false) }
            guard let passphrase else { throw StoreFormatError(.passphraseMissing, object: name) }
            let plaintext =
                stored.count <= VolumeDecryption.memoryLimit
                ? try VolumeBytes.anonymous(stored.count) : try VolumeBytes.nameless(stored.count, in: folder)
            defer { withExtendedLifetime(stored) {} }
            do throws(CryptError) {
                plaintext.truncate(
                    to: try AESCryptReader.decrypt(stored.bytes, passphrase: passphrase, into: plaintext.writable))
            } catch {
                guard error != .wrongPassphrase, error != .emptyPassphrase else { throw error }
                damage = "its encryption shows that it was changed or cut"
                plaintext.truncate(
                    to: try AESCryptReader.salvage(stored.bytes, passphrase: passphrase, into: plaintext.writable))
            }
            return (plaintext, true)
        } catch let error as CryptError {
            throw StoreFormatError(from: error, object: name)
        } catch let error as StoreFormatError {
            throw error
        } catch {
            throw StoreFormatError(from: error, object: name, folder: folder)
                ?? StoreFormatError(.localFile, object: name, detail: "\(error)")
        }
    }

    /// What is in it decides, then its name.
    private static func kind(of zip: ZipReader, named name: String) -> ObjectName.Kind? {
        if zip.entry(named: VolumeReader.fileListName) != nil { return .dlist }
        if zip.entries.contains(where: { $0.name.hasPrefix(VolumeDescription.entryPrefix) }) { return .dindex }
        if let kind = ObjectName(parsing: name)?.kind { return kind }
        let isBlocks = zip.entries.contains { entry in
            HashAlgorithm.allCases.contains { IndexEntries.digest(Substring(entry.name), algorithm: $0) != nil }
        }
        return isBlocks ? .dblock : nil
    }

    // MARK: Blocks

    /// Hands each block whose content has the hash that it is named for to `body`: of a data volume its blocks, of an
    /// index volume its blocklists.
    ///
    /// - Parameters:
    ///   - settings: the settings of the store.
    ///   - scratch: the calling thread's own.
    ///   - body: gets the hash and the content.
    /// - Returns: how many others there are.
    /// - Throws: what `body` throws.
    public func forEachBlock(
        _ settings: StoreSettings, scratch: BlockScratch,
        _ body: (Digest, UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        let prefix = kind == .dindex ? IndexEntries.listPrefix : ""
        var damaged = 0
        for entry in zip.entries where entry.name.hasPrefix(prefix) {
            guard
                let digest = IndexEntries.digest(entry.name.dropFirst(prefix.count), algorithm: settings.blockHash)
            else { continue }
            guard entry.size <= settings.blockSize else {
                damaged += 1
                continue
            }
            let room = scratch.room(entry.size)
            do throws(ArchiveError) {
                try zip.extract(entry, into: room, inflater: scratch.inflater)
            } catch {
                damaged += 1
                continue
            }
            guard scratch.hash.hash(UnsafeRawBufferPointer(room)) == digest else {
                damaged += 1
                continue
            }
            try body(digest, UnsafeRawBufferPointer(room))
        }
        return damaged
    }

    // MARK: Descriptions and lists

    /// What an index volume says of data volumes, as far as that can be read.
    public var descriptions: [VolumeDescription] {
        let prefix = VolumeDescription.entryPrefix
        return zip.entries.filter { $0.name.hasPrefix(prefix) }.compactMap { entry in
            var decoder = VolumeDescriptionDecoder(
                dblockName: String(entry.name.dropFirst(prefix.count)), object: name)
            do {
                try zip.stream(entry) { try decoder.consume($0) }
                return try decoder.finish()
            } catch {
                return nil
            }
        }
    }

    /// What a version says of itself; full when that cannot be read.
    public var filesetFlags: FilesetFlags {
        guard let entry = zip.entry(named: FilesetFlags.entryName), entry.size <= VolumeReader.smallEntryLimit,
            let bytes = try? zip.extract(entry), let flags = try? FilesetFlags.decode(bytes, object: name)
        else { return FilesetFlags() }
        return flags
    }

    /// Reads the list of a version as far as it goes.
    ///
    /// - Returns: why it ended early or has entries that cannot be used; nil when it is whole.
    /// - Throws: what `body` throws.
    public func readFileList(_ body: (FileEntry) throws -> Void) throws -> String? {
        guard let entry = zip.entry(named: VolumeReader.fileListName) else { return "it has no list of files" }
        var thrown: (any Error)?
        do {
            let summary = try FileListReader.read(object: name) { chunk in
                try zip.stream(entry, chunk: chunk)
            } entry: { entry in
                do {
                    try body(entry)
                } catch {
                    thrown = error
                    throw error
                }
            }
            return summary.skippedCount == 0 ? nil : "\(summary.skippedCount) of its entries cannot be used"
        } catch {
            if let thrown { throw thrown }
            return (error as? StoreFormatError)?.detail ?? "\(error)"
        }
    }
}
