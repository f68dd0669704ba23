/// A reason why something cannot be encrypted or decrypted.
public enum CryptError: Error, Sendable, Hashable {
    /// The passphrase is empty or white space only, which AES Crypt forbids.
    case emptyPassphrase
    /// The bytes do not begin as an AES Crypt stream does.
    case notAESCrypt
    /// The stream has a version that nobody wrote a backup with, or that is newer than this program.
    case unsupportedVersion(Int)
    /// The stream ends before its last field.
    case truncated
    /// The header is not well-formed; the text says where.
    case malformedHeader(String)
    /// The header's authentication code does not match: the passphrase is another one.
    case wrongPassphrase
    /// The content is not what was encrypted; the text says which check failed.
    case damaged(String)
    /// The caller's buffer is smaller than `AESCryptReader.plaintextCapacity(of:)`.
    case bufferTooSmall(needed: Int)
    /// Bytes came after `finish()`.
    case alreadyFinished
    /// OpenSSL failed; the text says at what.
    case library(String)
}

extension CryptError: CustomStringConvertible {
    /// A sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .emptyPassphrase:
            "The passphrase is empty or white space only. Give one with at least one visible character."
        case .notAESCrypt:
            "This is not an AES Crypt stream. Check that the object was not replaced or encrypted with another method."
        case .unsupportedVersion(let version):
            "AES Crypt version \(version) cannot be read. Versions 1, 2 and 3 can; look for a newer release."
        case .truncated:
            "The encrypted stream ends too early. Fetch the object again; if that fails, the stored copy is damaged."
        case .malformedHeader(let detail):
            "The encryption header is malformed: \(detail). Fetch the object again; if that fails, the stored copy "
                + "is damaged."
        case .wrongPassphrase:
            "The passphrase does not open this object. Give the passphrase that the backup was made with."
        case .damaged(let detail):
            "The encrypted content is damaged: \(detail). Fetch the object again; if that fails, the stored copy is "
                + "damaged."
        case .bufferTooSmall(let needed):
            "The buffer for the plaintext is too small. It needs \(needed) bytes."
        case .alreadyFinished:
            "The encrypted stream has been finished already. Write to a new one."
        case .library(let detail):
            "OpenSSL failed: \(detail). Check the configuration of its providers."
        }
    }
}
