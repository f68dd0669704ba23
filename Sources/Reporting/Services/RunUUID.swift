internal import Cryptography
internal import Support

/// The UUID of a run, by which its beginning and its end belong together.
struct RunUUID {
    /// Lower-case hexadecimal digits with hyphens.
    let text: String

    /// The 128 bits of an identifier of 26 characters in Crockford's base 32; those of its hash where it is another.
    init(of id: String) {
        let bytes = Self.bytes(of: id) ?? Array(HashContext(.sha256).hash(Array(id.utf8)).bytes.prefix(16))
        let digits = Array(Hex.encode(bytes))
        text = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func bytes(of id: String) -> [UInt8]? {
        let values = id.compactMap { alphabet.firstIndex(of: $0) }
        guard id.count == 26, values.count == 26, values[0] < 8 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        for (index, value) in values.enumerated() {
            // The last character ends with the last bit.
            for bit in 0..<5 where value >> bit & 1 == 1 {
                let position = (25 - index) * 5 + bit
                bytes[15 - position / 8] |= 1 << UInt8(position % 8)
            }
        }
        return bytes
    }
}
