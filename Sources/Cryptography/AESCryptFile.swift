internal import Glibc
public import Support

/// An AES Crypt stream in an open file, of which any part can be decrypted without the rest.
///
/// Nothing of the file is held in memory. ``authenticate(chunk:)`` covers the whole stream; only after it has returned
/// is anything of what ``decryptor()`` gives to be trusted.
///
/// `@unchecked Sendable`: all members are fixed after the initialiser, the key included, which is only ever read.
public final class AESCryptFile: @unchecked Sendable {
    /// How many bytes of the start hold the whole header, in any stream that is not made to be odd.
    private static let headerLength = 4096
    private static let trailerLength = HMACSHA256.length + 1

    /// The length of the plaintext.
    public let count: Int
    private let descriptor: Int32
    private let start: Int
    private let ciphertextCount: Int
    private let key: KeyMaterial
    private let code: [UInt8]

    /// Reads the header and derives the key.
    ///
    /// - Parameters:
    ///   - descriptor: the file; it stays open and unchanged while this lives.
    ///   - size: its size.
    ///   - passphrase: at least one character that is not white space.
    /// - Throws: `CryptError`; `truncated` also when the file cannot be read.
    public init(descriptor: Int32, size: Int, passphrase: Secret) throws(CryptError) {
        self.descriptor = descriptor
        // The ends alone, with the same rest modulo the block length, look to the parser like a short stream.
        var lead = size
        if size > 4 * Self.headerLength { lead = Self.headerLength + (size - Self.headerLength) % 16 }
        let sample = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, lead), alignment: 16)
        defer { sample.deallocate() }
        let bytes = UnsafeMutableRawBufferPointer(rebasing: sample[..<lead])
        guard readFully(descriptor, 0, bytes) else { throw .truncated }
        if lead < size {
            let end = UnsafeMutableRawBufferPointer(rebasing: bytes.suffix(Self.trailerLength))
            guard readFully(descriptor, size - end.count, end) else { throw .truncated }
        }
        let layout = try AESCryptLayout(UnsafeRawBufferPointer(bytes))
        guard let base = bytes.baseAddress, let content = layout.ciphertext.baseAddress else { throw .truncated }
        start = UnsafeRawPointer(content) - UnsafeRawPointer(base)
        ciphertextCount = layout.ciphertext.count + size - lead
        code = [UInt8](layout.contentCode)
        key = try AESCryptReader.openSession(layout, passphrase: passphrase)
        if let remainder = layout.remainder.map({ Int($0) }) {
            guard remainder < BlockCipher.blockLength, remainder == 0 || ciphertextCount > 0 else {
                throw .damaged("the length of the last block is out of range")
            }
            count = ciphertextCount - (remainder == 0 ? 0 : BlockCipher.blockLength - remainder)
        } else {
            count = try Self.unpaddedCount(descriptor, start, ciphertextCount, key)
        }
    }

    /// Version 3 says in its last byte how much of the last block is padding.
    private static func unpaddedCount(
        _ descriptor: Int32, _ start: Int, _ count: Int, _ key: borrowing KeyMaterial
    ) throws(CryptError) -> Int {
        guard count >= BlockCipher.blockLength else { throw .truncated }
        let decryptor = try AESCryptDecryptor(descriptor: descriptor, start: start, count: count, key: key)
        let last = UnsafeMutableRawBufferPointer.allocate(byteCount: BlockCipher.blockLength, alignment: 16)
        defer { last.deallocate() }
        try decryptor.read(at: count - last.count, into: last)
        let padding = Int(last[15])
        guard (1...BlockCipher.blockLength).contains(padding), last.suffix(padding).allSatisfy({ $0 == last[15] })
        else { throw .damaged("the padding is out of range") }
        return count - padding
    }

    /// Reads the whole stream once and checks its authentication code.
    ///
    /// - Parameter chunk: is called after each piece, with its length; what it throws ends the reading.
    /// - Throws: `CryptError.damaged`, `truncated`, or what `chunk` throws.
    public func authenticate(chunk: (Int) throws -> Void = { _ in }) throws {
        let context = key.withBytes { bytes in
            HMACContext(key: UnsafeRawBufferPointer(rebasing: bytes.suffix(BlockCipher.keyLength)))
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < ciphertextCount {
            let piece = UnsafeMutableRawBufferPointer(
                rebasing: buffer.prefix(min(buffer.count, ciphertextCount - offset)))
            guard readFully(descriptor, start + offset, piece) else { throw CryptError.truncated }
            context.update(UnsafeRawBufferPointer(piece))
            offset += piece.count
            try chunk(piece.count)
        }
        let isRight = context.finish().withUnsafeBytes { found in
            code.withUnsafeBytes { HMACSHA256.areEqual(found, $0) }
        }
        guard isRight else { throw CryptError.damaged("the authentication code of the content does not match") }
    }

    /// A reader of parts; one for each thread.
    public func decryptor() throws(CryptError) -> AESCryptDecryptor {
        try AESCryptDecryptor(descriptor: descriptor, start: start, count: ciphertextCount, key: key)
    }
}

/// Decrypts parts of an ``AESCryptFile``; not for several threads at once, and not for longer than that lives.
public final class AESCryptDecryptor {
    private let descriptor: Int32
    private let start: Int
    private let count: Int
    private let cipher: BlockCipher
    private let firstIV = UnsafeMutableRawBufferPointer.allocate(byteCount: BlockCipher.blockLength, alignment: 16)
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)

    fileprivate init(descriptor: Int32, start: Int, count: Int, key: borrowing KeyMaterial) throws(CryptError) {
        self.descriptor = descriptor
        self.start = start
        self.count = count
        let iv = firstIV
        key.withBytes { iv.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(iv.count))) }
        cipher = try key.withBytes { bytes throws(CryptError) in
            let iv = UnsafeRawBufferPointer(rebasing: bytes.prefix(BlockCipher.blockLength))
            let key = UnsafeRawBufferPointer(rebasing: bytes.suffix(BlockCipher.keyLength))
            return try BlockCipher(.decrypt, key: key, iv: iv)
        }
    }

    /// Decrypts a part.
    ///
    /// - Parameters:
    ///   - offset: where it begins, a multiple of 16.
    ///   - output: room of a multiple of 16 bytes; the part ends within the ciphertext.
    /// - Throws: `CryptError.truncated` when it cannot be read.
    public func read(at offset: Int, into output: UnsafeMutableRawBufferPointer) throws(CryptError) {
        let length = BlockCipher.blockLength
        precondition(offset % length == 0 && output.count % length == 0 && offset >= 0)
        guard output.count > 0 else { return }
        guard offset <= count - output.count else { throw .truncated }
        // In cipher block chaining the block before is all that a block depends on.
        let lead = offset == 0 ? 0 : length
        if buffer.count < output.count + length {
            buffer.deallocate()
            buffer = .allocate(byteCount: output.count + length, alignment: 64)
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(lead + output.count)])
        guard readFully(descriptor, start + offset - lead, room) else { throw .truncated }
        try cipher.restart(iv: UnsafeRawBufferPointer(rebasing: lead == 0 ? firstIV[...] : room[..<lead]))
        let written = try cipher.update(UnsafeRawBufferPointer(rebasing: room[lead...]), into: output)
        guard written == output.count else { throw .library("it held back a block") }
    }

    deinit {
        firstIV.deallocate()
        buffer.deallocate()
    }
}

/// Fills a buffer from a place in a file; false when the file ends before or cannot be read.
private func readFully(_ descriptor: Int32, _ offset: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
        let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
    }
    return true
}
