internal import COpenSSL

/// Signatures with RSA, PKCS#1 padding and SHA-256, which JSON Web Tokens call RS256.
public enum RSASignature {
    /// Signs a message.
    /// - Parameters:
    ///   - message: what is signed.
    ///   - pem: the private key, PKCS#8 or PKCS#1 in PEM, not encrypted.
    /// - Returns: the signature, as long as the key; nil when the text holds no RSA key.
    public static func sign(_ message: [UInt8], pem: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let source = BIO_new_mem_buf(pem.baseAddress, Int32(clamping: pem.count)) else { return nil }
        defer { BIO_free(source) }
        // A callback that gives no passphrase: OpenSSL must never ask on the terminal.
        guard let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil) else {
            ERR_clear_error()
            return nil
        }
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA, let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else { return nil }
        var count = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature[..<count])
    }
}
