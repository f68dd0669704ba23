internal import Cryptography
public import Support

/// A key that signs webhooks as Standard Webhooks asks: HMAC-SHA256 over `id.timestamp.body`.
public struct SigningKey: Sendable, Hashable {
    private let secret: Secret

    /// Takes a key written as `whsec_` and base64, or any other text as it is.
    /// - Throws: `ReportingError.invalidSigningKey` without the key in it.
    public init(_ text: Secret) throws(ReportingError) {
        secret = text
        if try bytes().isEmpty { throw .invalidSigningKey(reason: "it is empty") }
    }

    /// The value of `webhook-signature` for one attempt.
    func signature(id: String, timestamp: Timestamp, body: [UInt8]) throws(ReportingError) -> String {
        let message = Array("\(id).\(timestamp.seconds).".utf8) + body
        return "v1,\(Base64.encode(HMACSHA256.authenticate(message, key: try bytes())))"
    }

    /// The key itself, made for each use so that nothing but the secret keeps it.
    private func bytes() throws(ReportingError) -> [UInt8] {
        let text = secret.reveal()
        let prefix = "whsec_"
        guard text.hasPrefix(prefix) else { return Array(text.utf8) }
        var encoded = Array(text.utf8.dropFirst(prefix.utf8.count))
        while let last = encoded.last, [0x0a, 0x0d, 0x20, UInt8(ascii: "=")].contains(last) { encoded.removeLast() }
        encoded += Array(repeating: UInt8(ascii: "="), count: (4 - encoded.count % 4) % 4)
        guard let bytes = Base64.decode(String(decoding: encoded, as: UTF8.self)) else {
            throw .invalidSigningKey(reason: "what follows 'whsec_' is no base64")
        }
        return bytes
    }
}
