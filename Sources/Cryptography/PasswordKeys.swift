internal import COpenSSL

/// Keys from passwords, and codes that prove one: what logging in by challenge and response is made of.
public enum PasswordKeys {
    /// Derives a key from a password by PBKDF2, as long as the algorithm's values.
    /// - Parameters:
    ///   - password: the password's bytes.
    ///   - salt: what makes it differ from others' of the same password.
    ///   - rounds: how much work it is, at least one.
    ///   - algorithm: the hash below.
    /// - Returns: the key.
    /// - Precondition: `algorithm.isAvailable`.
    public static func derive(
        _ password: [UInt8], salt: [UInt8], rounds: Int, _ algorithm: HashAlgorithm
    ) -> [UInt8] {
        guard let implementation = algorithm.implementation else {
            fatalError("OpenSSL offers no \(algorithm.rawValue); allow it in the configuration of its providers")
        }
        var key = [UInt8](repeating: 0, count: algorithm.digestLength)
        let status = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.bindMemory(to: CChar.self).baseAddress, Int32(password.count), salt, Int32(salt.count),
                Int32(clamping: max(1, rounds)), implementation.pointer, Int32(key.count), &key)
        }
        precondition(status == 1, "OpenSSL failed to derive a key")
        return key
    }

    /// Computes the HMAC of a message with any algorithm.
    ///
    /// - Precondition: `algorithm.isAvailable`.
    public static func code(of message: [UInt8], key: [UInt8], _ algorithm: HashAlgorithm) -> [UInt8] {
        guard let implementation = algorithm.implementation else {
            fatalError("OpenSSL offers no \(algorithm.rawValue); allow it in the configuration of its providers")
        }
        var code = [UInt8](repeating: 0, count: algorithm.digestLength)
        var count: UInt32 = 0
        let result = HMAC(
            implementation.pointer, key, Int32(key.count), message, message.count, &code, &count)
        precondition(result != nil && Int(count) == code.count, "OpenSSL failed to make an HMAC")
        return code
    }
}
