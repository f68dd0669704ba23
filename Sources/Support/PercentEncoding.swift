/// Percent-encoding of everything but RFC 3986's unreserved characters, with capital digits.
public enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes bytes.
    /// - Parameters:
    ///   - bytes: what to encode.
    ///   - isKept: further bytes that stay as they are, such as the slash of a path.
    /// - Returns: ASCII text.
    public static func encode(
        _ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool = { _ in false }
    ) -> String {
        var encoded: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) || isKept(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Encodes a text.
    public static func encode(_ text: String) -> String { encode(text.utf8) }

    /// The bytes of an encoded text; a percent sign without two digits stays as it is.
    public static func decode(_ text: some StringProtocol) -> [UInt8] {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = Hex.decode(String(decoding: bytes[index + 1...index + 2], as: UTF8.self))?.first
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
