public import Archive
public import Cryptography
public import Support

/// Writes an object of a store in one pass: zip, encryption, hash, temporary file; plaintext never reaches the disk.
///
/// The manifest is written by the initialiser. Not for several threads at once. A writer that is dropped before
/// `finish()`, or that threw, leaves no file behind.
public final class VolumeWriter {
    /// The name that the object is to have.
    public let name: ObjectName

    /// The settings of the store.
    public let settings: StoreSettings

    /// How many entries were added besides the manifest.
    public private(set) var entryCount = 0

    private let folder: String
    private let output: VolumeOutput
    private let encryption: AESCryptWriter?
    private let zip: ZipWriter
    private var nameBuffer: [UInt8] = []

    /// Starts an object.
    ///
    /// - Parameters:
    ///   - name: the object's name; its encryption decides whether the passphrase is used.
    ///   - settings: the settings of the store.
    ///   - passphrase: needed for `.aes`.
    ///   - folder: where the temporary file goes.
    ///   - created: the time in the manifest and of the archive's entries.
    /// - Throws: `StoreFormatError`; `unsupported` for `.gpg`, which is only read.
    public init(
        name: ObjectName, settings: StoreSettings, passphrase: Secret?, folder: String, created: Timestamp
    ) throws(StoreFormatError) {
        self.name = name
        self.settings = settings
        self.folder = folder
        do {
            output = try VolumeOutput(folder: folder, fileHash: settings.fileHash)
        } catch {
            throw StoreFormatError(from: error, object: name.text, folder: folder)
        }
        switch name.encryption {
        case .none: encryption = nil
        case .aes:
            guard let passphrase else { throw StoreFormatError(.passphraseMissing, object: name.text) }
            do {
                encryption = try AESCryptWriter(to: output, passphrase: passphrase, createdBy: nil)
            } catch {
                throw StoreFormatError(from: error, object: name.text)
            }
        case .gpg:
            throw StoreFormatError(
                .unsupported, object: name.text, detail: "gpg objects are read but not written; write AES ones beside")
        }
        zip = ZipWriter(to: encryption ?? output, modified: created, spoolFolder: folder)
        try add(entry: Manifest.entryName, bytes: Manifest.encode(settings, created: created))
        entryCount = 0
    }

    /// The size of the archive, before encryption, if it were finished now: what the volume size limits.
    public var estimatedSize: Int64 { zip.estimatedSize }

    /// Whether a data volume is to be closed: the next block might take it over the limit.
    public func isFull(volumeSize: Int64) -> Bool {
        estimatedSize > volumeSize - Int64(settings.blockSize)
    }

    /// Adds a block that is packed already.
    ///
    /// - Parameters:
    ///   - digest: the hash of its content.
    ///   - packed: its packed content.
    ///   - method: how it is packed.
    ///   - size: its size before packing.
    ///   - crc: its checksum before packing.
    /// - Throws: `StoreFormatError`, of kind `noSpace` when the temporary folder is full.
    public func add(
        block digest: Digest, packed: UnsafeRawBufferPointer, method: ZipMethod, size: Int, crc: UInt32
    ) throws(StoreFormatError) {
        nameBuffer.removeAll(keepingCapacity: true)
        digest.appendBase64(to: &nameBuffer, urlSafe: true)
        try addNamed(packed: packed, method: method, size: size, crc: crc)
    }

    /// Adds a copy of a blocklist to an index volume, as it is.
    public func add(blocklist digest: Digest, content: UnsafeRawBufferPointer) throws(StoreFormatError) {
        nameBuffer.removeAll(keepingCapacity: true)
        nameBuffer.append(contentsOf: IndexEntries.listPrefix.utf8)
        digest.appendBase64(to: &nameBuffer, urlSafe: true)
        try addNamed(packed: content, method: .stored, size: content.count, crc: CRC32.checksum(content))
    }

    /// Adds the description of a data volume to an index volume.
    public func add(_ description: VolumeDescription) throws(StoreFormatError) {
        try add(entry: VolumeDescription.entryPrefix + description.dblockName, bytes: description.encode())
    }

    /// Adds what a version says of itself; before its file list.
    public func add(_ flags: FilesetFlags) throws(StoreFormatError) {
        try add(entry: FilesetFlags.entryName, bytes: flags.encode())
    }

    /// Adds the list of files, which may be larger than memory.
    ///
    /// - Parameter body: adds the entries; the list is ended afterwards.
    /// - Throws: `StoreFormatError`, and whatever else `body` throws.
    public func addFileList(_ body: (FileListWriter) throws -> Void) throws {
        do {
            try zip.addStreamed(name: VolumeReader.fileListName) { sink in
                let list = FileListWriter(to: sink, settings: settings)
                try body(list)
                try list.finish()
            }
        } catch {
            throw StoreFormatError(from: error, object: name.text, folder: folder) ?? error
        }
        entryCount += 1
    }

    /// Adds a small entry, packed when that makes it smaller.
    public func add(entry: String, bytes: [UInt8]) throws(StoreFormatError) {
        let crc = bytes.withUnsafeBytes { CRC32.checksum($0) }
        nameBuffer.removeAll(keepingCapacity: true)
        nameBuffer.append(contentsOf: entry.utf8)
        var packed = [UInt8](repeating: 0, count: max(0, bytes.count - 1))
        let count = packed.withUnsafeMutableBytes { room in
            bytes.withUnsafeBytes { Deflater(level: 2).deflate($0, into: room) }
        }
        do {
            if let count {
                try packed.withUnsafeBytes { packed in
                    try zip.add(
                        name: nameBuffer, packed: UnsafeRawBufferPointer(rebasing: packed[..<count]), method: .deflate,
                        size: bytes.count, crc: crc)
                }
            } else {
                try bytes.withUnsafeBytes {
                    try zip.add(name: nameBuffer, packed: $0, method: .stored, size: bytes.count, crc: crc)
                }
            }
        } catch {
            throw known(error)
        }
        entryCount += 1
    }

    /// Ends the object.
    ///
    /// The file is not synchronised with the disk: it is a copy of what the destination is about to get.
    public func finish() throws(StoreFormatError) -> SealedVolume {
        do {
            try zip.finish()
            try encryption?.finish()
            return try output.seal(as: name)
        } catch {
            throw known(error)
        }
    }

    private func addNamed(
        packed: UnsafeRawBufferPointer, method: ZipMethod, size: Int, crc: UInt32
    ) throws(StoreFormatError) {
        do {
            try zip.add(name: nameBuffer, packed: packed, method: method, size: size, crc: crc)
        } catch {
            throw known(error)
        }
        entryCount += 1
    }

    /// Nothing but this target's own failures can come from the archive's and the file's side.
    private func known(_ error: any Error) -> StoreFormatError {
        StoreFormatError(from: error, object: name.text, folder: folder)
            ?? StoreFormatError(.localFile, object: name.text, detail: "\(error)")
    }
}
