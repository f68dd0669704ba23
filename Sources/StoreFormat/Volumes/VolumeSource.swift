internal import Archive
internal import Cryptography
internal import Glibc
internal import Support

/// The archive of an object in a file, read part by part.
final class VolumeSource: Sendable {
    private let file: FileDescriptor
    private let encrypted: AESCryptFile?
    /// The length of the archive.
    let count: Int
    /// The length of the file.
    let storedCount: Int

    init(path: String, name: ObjectName, passphrase: Secret?) throws {
        guard name.compression == "zip", name.encryption != .gpg else {
            throw StoreFormatError(.unsupported, object: name.text)
        }
        file = try FileDescriptor.open(path)
        storedCount = Int(try file.size())
        if name.encryption == .aes {
            guard let passphrase else { throw StoreFormatError(.passphraseMissing, object: name.text) }
            let encrypted = try AESCryptFile(descriptor: file.raw, size: storedCount, passphrase: passphrase)
            self.encrypted = encrypted
            count = encrypted.count
        } else {
            encrypted = nil
            count = storedCount
        }
    }

    /// Reads the whole file once: what is encrypted has a code of its own, other objects the hash that is expected.
    func authenticate(hash: Digest?, settings: StoreSettings) throws {
        if let encrypted { return try encrypted.authenticate() }
        guard let hash, let algorithm = HashAlgorithm.allCases.first(where: { $0.digestLength == hash.count }) else {
            return
        }
        let context = HashContext(algorithm)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < storedCount {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(storedCount - offset))
            try read(at: offset, into: piece)
            context.update(UnsafeRawBufferPointer(piece))
            offset += piece.count
        }
        guard context.finish() == hash else { throw ArchiveError.notAnArchive }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        guard try file.read(into: buffer, at: Int64(offset)) == buffer.count else { throw ArchiveError.notAnArchive }
    }

    /// A reader for one thread.
    func part() throws -> VolumePart {
        VolumePart(self, try encrypted?.decryptor())
    }
}

/// Reads parts of an archive through a window, so that neighbours come with one call; for one thread.
final class VolumePart {
    private static let readAhead = 256 << 10

    private let source: VolumeSource
    private let decryptor: AESCryptDecryptor?
    private var window = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var start = 0
    private var end = 0

    init(_ source: VolumeSource, _ decryptor: AESCryptDecryptor?) {
        self.source = source
        self.decryptor = decryptor
    }

    deinit { window.deallocate() }

    /// Bytes of the archive, valid until the next call.
    func bytes(at offset: Int, count: Int) throws -> UnsafeRawBufferPointer {
        guard offset >= 0, count >= 0, offset <= source.count, count <= source.count - offset else {
            throw ArchiveError.notAnArchive
        }
        if offset < start || offset + count > end { try fill(offset, count) }
        return UnsafeRawBufferPointer(rebasing: window[(offset - start)..<(offset - start + count)])
    }

    private func fill(_ offset: Int, _ count: Int) throws {
        let first = offset / 16 * 16
        // Whoever takes neighbours will take the next ones as well.
        let isNear = offset >= start && offset <= end + (64 << 10) && end > 0
        var length = offset + count - first
        if isNear { length = max(length, Self.readAhead) }
        length = (length + 15) / 16 * 16
        let whole = decryptor == nil ? source.count : (source.count + 15) / 16 * 16
        length = min(length, whole - first)
        if window.count < length {
            window.deallocate()
            window = .allocate(byteCount: length, alignment: 64)
        }
        end = 0
        let room = UnsafeMutableRawBufferPointer(rebasing: window[..<length])
        if let decryptor {
            try decryptor.read(at: first, into: room)
        } else {
            try source.read(at: first, into: room)
        }
        start = first
        end = min(first + length, source.count)
    }

    /// Unpacks an entry.
    func unpack(
        _ entry: ZipDirectoryScan.Entry, into output: UnsafeMutableRawBufferPointer, inflater: Inflater
    ) throws {
        let span = min(entry.expectedSpan, source.count - entry.offset)
        let guess = try bytes(at: entry.offset, count: span)
        guard let skip = entry.contentStart(header: guess) else { throw ArchiveError.notAnArchive }
        let packed: UnsafeRawBufferPointer
        if skip + entry.packedSize <= guess.count {
            packed = UnsafeRawBufferPointer(rebasing: guess[skip..<skip + entry.packedSize])
        } else {
            packed = try bytes(at: entry.offset + skip, count: entry.packedSize)
        }
        try entry.unpack(packed, into: output, inflater: inflater)
    }
}
