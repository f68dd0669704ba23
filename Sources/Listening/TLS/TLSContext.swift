internal import CTLS
internal import Support

/// A certificate with its key, ready for connections; freed when the last connection that uses it ends.
final class TLSContext: @unchecked Sendable {
    // The library allows any number of threads to make connections of a context; nothing here changes after init.
    let raw: OpaquePointer
    let method: OpaquePointer
    /// When the certificate ends.
    private(set) var expiry = Timestamp(seconds: 0)

    /// Makes a context of two PEM files, which may be the same one.
    init(certificate: String, key: String) throws(ListeningError) {
        guard let raw = ctls_context_new() else {
            throw .badCertificate(path: certificate, reason: Self.takeReason())
        }
        guard let method = ctls_method_new() else {
            SSL_CTX_free(raw)
            throw .badCertificate(path: certificate, reason: Self.takeReason())
        }
        // From here on everything is set, so that `deinit` frees both whatever is thrown.
        self.raw = raw
        self.method = method
        var ends: Int64 = 0
        let verdict = try Self.withFile(certificate) { ctls_use_chain(raw, $0.baseAddress, $0.count, &ends) }
        expiry = Timestamp(seconds: ends)
        guard verdict == CTLS_FINE else { throw .badCertificate(path: certificate, reason: Self.takeReason()) }
        switch try Self.withFile(key, { ctls_use_key(raw, $0.baseAddress, $0.count) }) {
        case CTLS_FINE: break
        case CTLS_MISMATCH:
            _ = Self.takeReason()
            throw .keyMismatch(certificate: certificate, key: key)
        default: throw .badKey(path: key, reason: Self.takeReason())
        }
    }

    deinit {
        SSL_CTX_free(raw)
        BIO_meth_free(method)
    }

    /// The library's words for what went wrong last on this thread.
    static func takeReason() -> String {
        var text = [CChar](repeating: 0, count: 256)
        ctls_take_reason(&text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Calls `body` with the content of a file, which is wiped then.
    private static func withFile<Value>(
        _ path: String, _ body: (UnsafeRawBufferPointer) -> Value
    ) throws(ListeningError) -> Value {
        var content: [UInt8]
        do {
            content = try SmallFile.read(path, limit: 1 << 20)
        } catch {
            throw .unreadable(error)
        }
        return content.withUnsafeMutableBytes { bytes in
            defer { if let base = bytes.baseAddress { wipe(base, bytes.count) } }
            return body(UnsafeRawBufferPointer(bytes))
        }
    }
}
