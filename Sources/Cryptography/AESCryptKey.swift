internal import COpenSSL
internal import Support

/// Derivation of the first key of an AES Crypt stream.
enum AESCryptKey {
    /// The rounds of versions 1 and 2.
    static let rounds = 8192
    /// The iterations that a version 3 header may ask for; more would let a forged header stall a restore.
    static let iterations = 1...5_000_000

    /// Derives the key of versions 1 and 2.
    ///
    /// 8,192 rounds of SHA-256 over the running key and the passphrase in UTF-16LE, starting from the IV.
    /// - Throws: `CryptError.emptyPassphrase`.
    static func stretch(_ passphrase: Secret, iv: UnsafeRawBufferPointer) throws(CryptError) -> KeyMaterial {
        try check(passphrase)
        let keyLength = BlockCipher.keyLength
        // A character of UTF-8 takes at most twice as many bytes in UTF-16.
        let input = KeyMaterial(count: keyLength + passphrase.withBytes { $0.count } * 2)
        let key = KeyMaterial(count: keyLength)
        let hash = HashContext(.sha256)
        input.withBytes { input in
            input.copyMemory(from: iv)
            var offset = keyLength
            passphrase.withBytes { text in
                _ = transcode(text.makeIterator(), from: UTF8.self, to: UTF16.self, stoppingOnError: false) { unit in
                    input.storeBytes(of: unit.littleEndian, toByteOffset: offset, as: UInt16.self)
                    offset += 2
                }
            }
            for _ in 0..<rounds {
                hash.update(UnsafeRawBufferPointer(rebasing: input.prefix(offset)))
                hash.finish(into: input)
            }
            key.withBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: input.prefix(keyLength))) }
        }
        return key
    }

    /// Derives the key of version 3: PBKDF2 with HMAC-SHA512 over the passphrase in UTF-8.
    ///
    /// - Throws: `CryptError.emptyPassphrase`.
    static func derive(
        _ passphrase: Secret, iv: UnsafeRawBufferPointer, iterations: Int
    ) throws(CryptError) -> KeyMaterial {
        try check(passphrase)
        let key = KeyMaterial(count: BlockCipher.keyLength)
        guard let implementation = HashAlgorithm.sha512.implementation else { throw .library("it offers no SHA-512") }
        let status = passphrase.withBytes { text in
            key.withBytes { key in
                PKCS5_PBKDF2_HMAC(
                    text.bindMemory(to: CChar.self).baseAddress, Int32(clamping: text.count),
                    iv.bindMemory(to: UInt8.self).baseAddress, Int32(clamping: iv.count), Int32(clamping: iterations),
                    implementation.pointer, Int32(clamping: key.count), key.bindMemory(to: UInt8.self).baseAddress)
            }
        }
        guard status == 1 else { throw .library("its PBKDF2 failed") }
        return key
    }

    private static func check(_ passphrase: Secret) throws(CryptError) {
        let isVisible = passphrase.withBytes { text in
            var isVisible = false
            _ = transcode(text.makeIterator(), from: UTF8.self, to: UTF32.self, stoppingOnError: false) { unit in
                if let scalar = Unicode.Scalar(unit), !scalar.properties.isWhitespace { isVisible = true }
            }
            return isVisible
        }
        guard isVisible else { throw .emptyPassphrase }
    }
}
