public import Support

/// Decryption of AES Crypt streams, versions 1, 2 and 3.
///
/// The whole stream is authenticated first and decrypted after, so that no unverified byte ever leaves.
public enum AESCryptReader {
    /// Small enough to stay in the second-level cache between authentication steps, large enough for full speed.
    private static let chunkLength = 1 << 20

    /// Tells how many bytes of room `decrypt` needs: the plaintext and at most one block of padding.
    ///
    /// - Throws: `CryptError` if the stream is no well-formed AES Crypt stream.
    public static func plaintextCapacity(of ciphertext: UnsafeRawBufferPointer) throws(CryptError) -> Int {
        try AESCryptLayout(ciphertext).ciphertext.count
    }

    /// Verifies and decrypts a whole stream.
    ///
    /// - Parameters:
    ///   - ciphertext: the stream, for example a mapped file.
    ///   - passphrase: at least one character that is not white space.
    ///   - output: room for `plaintextCapacity(of:)` bytes, not overlapping the stream.
    ///   - checksPadding: false accepts padding bytes of other programs, whose values differ.
    ///   - passed: gets each piece of the ciphertext that is not needed for now; a mapping can give up its memory.
    /// - Returns: the length of the plaintext.
    /// - Throws: `CryptError`; nothing has been written to `output` unless the padding is at fault.
    /// - SeeAlso: AES Crypt stream format, versions 1 to 3.
    public static func decrypt(
        _ ciphertext: UnsafeRawBufferPointer, passphrase: Secret, into output: UnsafeMutableRawBufferPointer,
        checksPadding: Bool = true, passed: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(CryptError) -> Int {
        let layout = try AESCryptLayout(ciphertext)
        guard output.count >= layout.ciphertext.count else {
            throw .bufferTooSmall(needed: layout.ciphertext.count)
        }
        let session = try openSession(layout, passphrase: passphrase)
        let cipher = try authenticatedCipher(layout, session, passed: passed)
        try decrypt(layout.ciphertext, cipher, into: output, passed: passed)
        let plaintext = UnsafeRawBufferPointer(rebasing: output.prefix(layout.ciphertext.count))
        let padding = try paddingLength(of: plaintext, remainder: layout.remainder, isChecked: checksPadding)
        return plaintext.count - padding
    }

    /// Verifies a whole stream, then decrypts it piece by piece.
    ///
    /// - Parameters:
    ///   - ciphertext: the stream, for example a mapped file.
    ///   - passphrase: at least one character that is not white space.
    ///   - checksPadding: false accepts padding bytes of other programs, whose values differ.
    ///   - sink: takes the plaintext; nothing unless all of the stream is authentic.
    ///   - passed: gets each piece of the ciphertext that is not needed for now; a mapping can give up its memory.
    /// - Throws: `CryptError`, and what the sink throws.
    public static func decrypt(
        _ ciphertext: UnsafeRawBufferPointer, passphrase: Secret, checksPadding: Bool = true, to sink: any ByteSink,
        passed: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws {
        let layout = try AESCryptLayout(ciphertext)
        let session = try openSession(layout, passphrase: passphrase)
        let cipher = try authenticatedCipher(layout, session, passed: passed)
        let room = UnsafeMutableRawBufferPointer.allocate(
            byteCount: chunkLength + BlockCipher.blockLength, alignment: 64)
        defer { room.deallocate() }
        var offset = 0
        repeat {
            let end = min(offset + chunkLength, layout.ciphertext.count)
            let chunk = UnsafeRawBufferPointer(rebasing: layout.ciphertext[offset..<end])
            guard try cipher.update(chunk, into: room) == chunk.count else {
                throw CryptError.library("it held back a block")
            }
            var plaintext = UnsafeRawBufferPointer(rebasing: room.prefix(chunk.count))
            if end == layout.ciphertext.count {
                let padding = try paddingLength(of: plaintext, remainder: layout.remainder, isChecked: checksPadding)
                plaintext = UnsafeRawBufferPointer(rebasing: plaintext.dropLast(padding))
            }
            try sink.write(plaintext)
            passed(chunk)
            offset = end
        } while offset < layout.ciphertext.count
    }

    /// Decrypts what is left of a damaged or cut stream, without the proof that it is what was encrypted.
    ///
    /// Only for content that can be verified otherwise. A changed byte spoils its block of 16 bytes and the same byte
    /// of the next; what follows a missing byte is lost. The header has to be whole.
    /// - Parameters:
    ///   - ciphertext: the stream.
    ///   - passphrase: the passphrase, which the header proves.
    ///   - output: room for as many bytes as the stream has.
    /// - Returns: the length of the plaintext.
    /// - Throws: `CryptError` when the header is damaged or the passphrase is another one.
    public static func salvage(
        _ ciphertext: UnsafeRawBufferPointer, passphrase: Secret, into output: UnsafeMutableRawBufferPointer
    ) throws(CryptError) -> Int {
        let layout = try AESCryptLayout(ciphertext, allowsDamage: true)
        guard output.count >= layout.ciphertext.count else {
            throw .bufferTooSmall(needed: layout.ciphertext.count)
        }
        let session = try openSession(layout, passphrase: passphrase)
        let cipher = try session.withBytes { session throws(CryptError) in try Self.cipher(session) }
        try decrypt(layout.ciphertext, cipher, into: output)
        let plaintext = UnsafeRawBufferPointer(rebasing: output.prefix(layout.ciphertext.count))
        let padding = try? paddingLength(of: plaintext, remainder: layout.remainder, isChecked: true)
        return plaintext.count - (padding ?? 0)
    }

    /// The cipher of a session: its second IV and key.
    private static func cipher(_ session: UnsafeMutableRawBufferPointer) throws(CryptError) -> BlockCipher {
        try BlockCipher(
            .decrypt, key: UnsafeRawBufferPointer(rebasing: session.suffix(BlockCipher.keyLength)),
            iv: UnsafeRawBufferPointer(rebasing: session.prefix(BlockCipher.blockLength)))
    }

    /// The cipher for a content that was found authentic.
    private static func authenticatedCipher(
        _ layout: AESCryptLayout, _ session: borrowing KeyMaterial,
        passed: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(CryptError) -> BlockCipher {
        try session.withBytes { session throws(CryptError) in
            let key = UnsafeRawBufferPointer(rebasing: session.suffix(BlockCipher.keyLength))
            guard isAuthentic(layout.ciphertext, code: layout.contentCode, key: key, passed: passed) else {
                throw .damaged("the authentication code of the content does not match")
            }
            return try cipher(session)
        }
    }

    private static func decrypt(
        _ ciphertext: UnsafeRawBufferPointer, _ cipher: BlockCipher, into output: UnsafeMutableRawBufferPointer,
        passed: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(CryptError) {
        var offset = 0
        while offset < ciphertext.count {
            let end = min(offset + chunkLength, ciphertext.count)
            let chunk = UnsafeRawBufferPointer(rebasing: ciphertext[offset..<end])
            let written = try cipher.update(chunk, into: UnsafeMutableRawBufferPointer(rebasing: output[offset...]))
            guard written == chunk.count else { throw .library("it held back a block") }
            passed(chunk)
            offset = end
        }
    }

    /// Decrypts the second IV and key after their authentication, which also proves the passphrase.
    static func openSession(_ layout: AESCryptLayout, passphrase: Secret) throws(CryptError) -> KeyMaterial {
        let key =
            layout.version == 3
            ? try AESCryptKey.derive(passphrase, iv: layout.outerIV, iterations: layout.iterations)
            : try AESCryptKey.stretch(passphrase, iv: layout.outerIV)
        let session = KeyMaterial(count: AESCryptLayout.sessionLength + BlockCipher.blockLength)
        try key.withBytes { key throws(CryptError) in
            let key = UnsafeRawBufferPointer(key)
            let context = HMACContext(key: key)
            context.update(layout.session)
            if layout.version == 3 { withUnsafeBytes(of: layout.version) { context.update($0) } }
            let matches = context.finish().withUnsafeBytes { HMACSHA256.areEqual($0, layout.sessionCode) }
            guard matches else { throw .wrongPassphrase }
            let cipher = try BlockCipher(.decrypt, key: key, iv: layout.outerIV)
            let written = try session.withBytes { output throws(CryptError) in
                try cipher.update(layout.session, into: output)
            }
            guard written == AESCryptLayout.sessionLength else { throw .library("it held back a block") }
        }
        let result = KeyMaterial(count: AESCryptLayout.sessionLength)
        result.withBytes { result in
            session.withBytes { result.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(result.count))) }
        }
        return result
    }

    private static func isAuthentic(
        _ bytes: UnsafeRawBufferPointer, code: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer,
        passed: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        let context = HMACContext(key: key)
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + chunkLength, bytes.count)
            let chunk = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
            context.update(chunk)
            passed(chunk)
            offset = end
        }
        return context.finish().withUnsafeBytes { HMACSHA256.areEqual($0, code) }
    }

    /// The bytes to cut off the end.
    ///
    /// Versions 1 and 2 do not authenticate the length, only these bytes tell.
    private static func paddingLength(
        of plaintext: UnsafeRawBufferPointer, remainder: UInt8?, isChecked: Bool
    ) throws(CryptError) -> Int {
        let length: Int
        if let remainder {
            guard remainder < BlockCipher.blockLength, remainder == 0 || !plaintext.isEmpty else {
                throw .damaged("the length of the last block is out of range")
            }
            length = remainder == 0 ? 0 : BlockCipher.blockLength - Int(remainder)
        } else {
            length = Int(plaintext.last ?? 0)
            guard (1...BlockCipher.blockLength).contains(length) else {
                throw .damaged("the padding is out of range")
            }
        }
        guard !isChecked || plaintext.suffix(length).allSatisfy({ $0 == UInt8(length) }) else {
            throw .damaged("the padding does not match the length")
        }
        return length
    }
}
