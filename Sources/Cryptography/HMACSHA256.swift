internal import COpenSSL

/// Message authentication with HMAC and SHA-256.
public enum HMACSHA256 {
    /// The length of a code in bytes.
    static let length = 32

    /// Computes the 32 byte code of a message.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let context = key.withUnsafeBytes { HMACContext(key: $0) }
        message.withUnsafeBytes { context.update($0) }
        return context.finish()
    }

    /// Compares two codes in a time that tells nothing about where they differ.
    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
    }
}

/// One running HMAC-SHA256 computation.
final class HMACContext {
    private let context: OpaquePointer

    init(key: UnsafeRawBufferPointer) {
        guard let implementation = HMACImplementation.shared, let context = EVP_MAC_CTX_new(implementation.pointer)
        else {
            fatalError("OpenSSL offers no HMAC; allow it in the configuration of its providers")
        }
        self.context = context
        // A null key would mean "the key of before", so that an empty key needs some address.
        let status = withUnsafeBytes(of: 0 as UInt8) { placeholder in
            let bytes = key.isEmpty ? placeholder : key
            return dunnage_hmac_sha256_init(context, bytes.bindMemory(to: UInt8.self).baseAddress, key.count)
        }
        precondition(status == 1, "OpenSSL failed to start an HMAC")
    }

    deinit {
        EVP_MAC_CTX_free(context)
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        let status = EVP_MAC_update(context, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        precondition(status == 1, "OpenSSL failed while authenticating")
    }

    func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: HMACSHA256.length) { output, count in
            let status = EVP_MAC_final(context, output.baseAddress, &count, output.count)
            precondition(status == 1 && count == HMACSHA256.length, "OpenSSL failed to end an HMAC")
        }
    }
}

/// OpenSSL's HMAC, fetched once per process.
///
/// `@unchecked Sendable`: an EVP_MAC is immutable after the fetch and never freed here.
private struct HMACImplementation: @unchecked Sendable {
    let pointer: OpaquePointer

    private init?() {
        guard let pointer = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
        self.pointer = pointer
    }

    static let shared = HMACImplementation()
}
