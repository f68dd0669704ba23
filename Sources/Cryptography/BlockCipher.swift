internal import COpenSSL

/// AES-256 in CBC mode without padding, one direction, over one context.
final class BlockCipher {
    enum Direction: Int32 {
        case decrypt = 0
        case encrypt = 1
    }

    static let blockLength = 16
    static let keyLength = 32

    private let context: OpaquePointer

    init(_ direction: Direction, key: UnsafeRawBufferPointer, iv: UnsafeRawBufferPointer) throws(CryptError) {
        precondition(key.count == Self.keyLength && iv.count == Self.blockLength)
        guard let implementation = CipherImplementation.aes256CBC, let context = EVP_CIPHER_CTX_new() else {
            throw .library("it offers no AES-256-CBC")
        }
        self.context = context
        let status = EVP_CipherInit_ex2(
            context, implementation.pointer, key.bindMemory(to: UInt8.self).baseAddress,
            iv.bindMemory(to: UInt8.self).baseAddress, direction.rawValue, nil)
        guard status == 1, EVP_CIPHER_CTX_set_padding(context, 0) == 1 else {
            throw .library("it refused the key")
        }
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }

    /// Begins anew behind a block of ciphertext, or with the first IV; the key stays.
    func restart(iv: UnsafeRawBufferPointer) throws(CryptError) {
        precondition(iv.count == Self.blockLength)
        let status = EVP_CipherInit_ex2(
            context, nil, nil, iv.bindMemory(to: UInt8.self).baseAddress, -1, nil)
        guard status == 1, EVP_CIPHER_CTX_set_padding(context, 0) == 1 else { throw .library("it refused an IV") }
    }

    /// Feeds at most 1 GiB; partial blocks wait inside for the next call.
    ///
    /// - Returns: the bytes written to `output`, which has room for one block more than the input.
    func update(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws(CryptError) -> Int {
        precondition(input.count <= 1 << 30)
        guard !input.isEmpty else { return 0 }
        var written: Int32 = 0
        let status = EVP_CipherUpdate(
            context, output.bindMemory(to: UInt8.self).baseAddress, &written,
            input.bindMemory(to: UInt8.self).baseAddress, Int32(input.count))
        guard status == 1, written >= 0 else { throw .library("its AES-256-CBC failed") }
        return Int(written)
    }
}

/// OpenSSL's AES-256-CBC, fetched once per process.
///
/// `@unchecked Sendable`: an EVP_CIPHER is immutable after the fetch and never freed here.
private struct CipherImplementation: @unchecked Sendable {
    let pointer: OpaquePointer

    private init?(fetching name: String) {
        guard let pointer = EVP_CIPHER_fetch(nil, name, nil) else { return nil }
        self.pointer = pointer
    }

    static let aes256CBC = CipherImplementation(fetching: "AES-256-CBC")
}
