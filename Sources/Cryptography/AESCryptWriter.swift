public import Support

/// The form of an AES Crypt stream.
public enum AESCryptFormat: Sendable, Hashable {
    /// The one that every release of Duplicati reads.
    case version2
    /// A slower key derivation and an authenticated length; the iterations are 1 to 5,000,000.
    case version3(iterations: Int)

    /// As many iterations as the AES Crypt programs take.
    public static let usualIterations = 300_000

    fileprivate var number: UInt8 {
        switch self {
        case .version2: 2
        case .version3: 3
        }
    }
}

/// Encryption to an AES Crypt stream in one pass: bytes in, ciphertext out to a sink.
///
/// One cipher context, one authentication context
/// and one buffer serve the whole stream. Not for several threads at once.
public final class AESCryptWriter: ByteSink {
    private static let bufferLength = 128 << 10

    private let sink: any ByteSink
    private let format: AESCryptFormat
    private let cipher: BlockCipher
    private let code: HMACContext
    private var header: [UInt8]
    private let buffer: UnsafeMutableRawBufferPointer
    private var buffered = 0
    /// The plaintext's length modulo the block length.
    private var remainder = 0
    private var isFinished = false

    /// Starts a stream with fresh keys.
    ///
    /// - Parameters:
    ///   - sink: takes the ciphertext; the header goes out with the first of it.
    ///   - passphrase: at least one character that is not white space.
    ///   - createdBy: the name of the writing program for the header; nil for a header without extensions.
    ///   - format: the form of the stream.
    /// - Throws: `CryptError.emptyPassphrase`, `.malformedHeader` for a name that is too long or iterations out of range.
    public convenience init(
        to sink: any ByteSink, passphrase: Secret, createdBy: String? = nil, format: AESCryptFormat = .version2
    ) throws(CryptError) {
        try self.init(
            to: sink, passphrase: passphrase, createdBy: createdBy, format: format,
            outerIV: KeyMaterial(randomCount: BlockCipher.blockLength),
            session: KeyMaterial(randomCount: AESCryptLayout.sessionLength))
    }

    /// Starts a stream with given keys: `session` is the second IV and the second key.
    init(
        to sink: any ByteSink, passphrase: Secret, createdBy: String?, format: AESCryptFormat = .version2,
        outerIV: borrowing KeyMaterial, session: borrowing KeyMaterial
    ) throws(CryptError) {
        precondition(outerIV.count == BlockCipher.blockLength && session.count == AESCryptLayout.sessionLength)
        let opening = try Self.openingBytes(format, createdBy: createdBy) + outerIV.withBytes { Array($0) }
        let outerKey = try outerIV.withBytes { iv throws(CryptError) in
            switch format {
            case .version2: try AESCryptKey.stretch(passphrase, iv: UnsafeRawBufferPointer(iv))
            case .version3(let iterations):
                try AESCryptKey.derive(passphrase, iv: UnsafeRawBufferPointer(iv), iterations: iterations)
            }
        }
        self.format = format
        header = try opening + Self.seal(session, key: outerKey, iv: outerIV, format)
        cipher = try session.withBytes { session throws(CryptError) in
            try BlockCipher(
                .encrypt, key: UnsafeRawBufferPointer(rebasing: session.suffix(BlockCipher.keyLength)),
                iv: UnsafeRawBufferPointer(rebasing: session.prefix(BlockCipher.blockLength)))
        }
        code = session.withBytes {
            HMACContext(key: UnsafeRawBufferPointer(rebasing: $0.suffix(BlockCipher.keyLength)))
        }
        self.sink = sink
        buffer = .allocate(byteCount: Self.bufferLength, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    /// Encrypts bytes.
    ///
    /// - Throws: what the sink throws, `CryptError.alreadyFinished` after `finish()`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !isFinished else { throw CryptError.alreadyFinished }
        var offset = 0
        while offset < bytes.count {
            // The cipher may hold back up to a block and give it with the next piece.
            let room = buffer.count - buffered - BlockCipher.blockLength
            guard room >= BlockCipher.blockLength else {
                try flush()
                continue
            }
            let end = offset + min(room, bytes.count - offset)
            try encrypt(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
            offset = end
        }
        remainder = (remainder + bytes.count) % BlockCipher.blockLength
    }

    /// Ends the stream: last block, its length, authentication code.
    ///
    /// - Throws: what the sink throws, `CryptError.alreadyFinished` if called twice.
    public func finish() throws {
        guard !isFinished else { throw CryptError.alreadyFinished }
        if buffer.count - buffered < 2 * BlockCipher.blockLength { try flush() }
        // Version 3 always pads, so that the padding tells its own length.
        if remainder != 0 || format != .version2 {
            let missing = BlockCipher.blockLength - remainder
            let padding = [UInt8](repeating: UInt8(missing), count: missing)
            try padding.withUnsafeBytes { try encrypt($0) }
        }
        try flush()
        isFinished = true
        let trailer = (format == .version2 ? [UInt8(remainder)] : []) + code.finish()
        try trailer.withUnsafeBytes { try sink.write($0) }
    }

    private func encrypt(_ bytes: UnsafeRawBufferPointer) throws(CryptError) {
        buffered += try cipher.update(bytes, into: UnsafeMutableRawBufferPointer(rebasing: buffer[buffered...]))
    }

    private func flush() throws {
        if !header.isEmpty {
            try header.withUnsafeBytes { try sink.write($0) }
            header = []
        }
        guard buffered > 0 else { return }
        let ciphertext = UnsafeRawBufferPointer(rebasing: buffer.prefix(buffered))
        code.update(ciphertext)
        try sink.write(ciphertext)
        buffered = 0
    }

    /// Magic, version, reserved byte and extensions as Duplicati writes them: the program, then an empty container
    /// of 128 bytes in which other tools may put something without moving the rest.
    private static func openingBytes(
        _ format: AESCryptFormat, createdBy: String?
    ) throws(CryptError) -> [UInt8] {
        var bytes = AESCryptLayout.magic + [format.number, 0]
        if let createdBy {
            let extensionBytes = Array("CREATED_BY".utf8) + [0] + Array(createdBy.utf8)
            guard extensionBytes.count <= UInt16.max else { throw .malformedHeader("the program's name is too long") }
            bytes += [UInt8(extensionBytes.count >> 8), UInt8(extensionBytes.count & 0xff)] + extensionBytes
            bytes += [0, 128] + [UInt8](repeating: 0, count: 128)
        }
        bytes += [0, 0]
        if case .version3(let iterations) = format {
            guard AESCryptKey.iterations.contains(iterations) else {
                throw .malformedHeader("\(iterations) key derivation iterations are out of range")
            }
            bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: iterations >> $0) }
        }
        return bytes
    }

    /// The encrypted session keys and their authentication code.
    private static func seal(
        _ session: borrowing KeyMaterial, key: borrowing KeyMaterial, iv: borrowing KeyMaterial,
        _ format: AESCryptFormat
    ) throws(CryptError) -> [UInt8] {
        let (cipher, code) = try key.withBytes { key throws(CryptError) in
            try iv.withBytes { iv throws(CryptError) in
                let key = UnsafeRawBufferPointer(key)
                return (
                    try BlockCipher(.encrypt, key: key, iv: UnsafeRawBufferPointer(iv)), HMACContext(key: key)
                )
            }
        }
        let output = KeyMaterial(count: session.count + BlockCipher.blockLength)
        let written = try output.withBytes { output throws(CryptError) in
            try session.withBytes { session throws(CryptError) in
                try cipher.update(UnsafeRawBufferPointer(session), into: output)
            }
        }
        let sealed = output.withBytes { Array($0.prefix(written)) }
        sealed.withUnsafeBytes { code.update($0) }
        if format != .version2 { withUnsafeBytes(of: format.number) { code.update($0) } }
        return sealed + code.finish()
    }
}
