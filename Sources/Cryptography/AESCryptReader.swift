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
    /// - Returns: the length of the plaintext.
    /// - Throws: `CryptError`; nothing has been written to `output` unless the padding is at fault.
    /// - SeeAlso: AES Crypt stream format, versions 1 to 3.
    public static func decrypt(
        _ ciphertext: UnsafeRawBufferPointer, passphrase: Secret, into output: UnsafeMutableRawBufferPointer,
        checksPadding: Bool = true
    ) throws(CryptError) -> Int {
        let layout = try AESCryptLayout(ciphertext)
        guard output.count >= layout.ciphertext.count else {
            throw .bufferTooSmall(needed: layout.ciphertext.count)
        }
        let session = try openSession(layout, passphrase: passphrase)
        return try session.withBytes { session throws(CryptError) in
            let iv = UnsafeRawBufferPointer(rebasing: session.prefix(BlockCipher.blockLength))
            let key = UnsafeRawBufferPointer(rebasing: session.suffix(BlockCipher.keyLength))
            guard isAuthentic(layout.ciphertext, code: layout.contentCode, key: key) else {
                throw .damaged("the authentication code of the content does not match")
            }
            let cipher = try BlockCipher(.decrypt, key: key, iv: iv)
            var offset = 0
            while offset < layout.ciphertext.count {
                let end = min(offset + chunkLength, layout.ciphertext.count)
                let chunk = UnsafeRawBufferPointer(rebasing: layout.ciphertext[offset..<end])
                let written = try cipher.update(chunk, into: UnsafeMutableRawBufferPointer(rebasing: output[offset...]))
                guard written == chunk.count else { throw .library("it held back a block") }
                offset = end
            }
            let plaintext = UnsafeRawBufferPointer(rebasing: output.prefix(layout.ciphertext.count))
            let padding = try paddingLength(of: plaintext, remainder: layout.remainder, isChecked: checksPadding)
            return plaintext.count - padding
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
        _ bytes: UnsafeRawBufferPointer, code: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) -> Bool {
        let context = HMACContext(key: key)
        context.update(bytes)
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
