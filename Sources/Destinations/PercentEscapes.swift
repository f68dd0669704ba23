/// Percent escapes as Duplicati reads and writes them.
public enum PercentEscapes {
    /// Escapes everything but ASCII letters, digits, `-`, `_` and `.`, so that the result fits any part of a URL.
    public static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if byte.isASCIILetter || byte.isASCIIDigit || "-_.".utf8.contains(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Decodes `%4E` and `%u004E`; what is no escape stays as it is.
    /// - Returns: nil when the bytes are not UTF-8 after decoding.
    public static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        let bytes = Array(bytes)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var units: [UInt16] = []
        var index = 0
        while index < bytes.count {
            if let unit = utf16Unit(bytes, at: index) {
                units.append(unit)
                index += 6
                continue
            }
            append(&units, to: &decoded)
            if let byte = byteEscape(bytes, at: index) {
                decoded.append(byte)
                index += 3
            } else {
                let byte = bytes[index]
                decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        append(&units, to: &decoded)
        return String(validating: decoded, as: UTF8.self)
    }

    /// Neighbouring UTF-16 escapes are decoded together, because a pair of them may be one character.
    private static func append(_ units: inout [UInt16], to decoded: inout [UInt8]) {
        guard !units.isEmpty else { return }
        decoded += String(decoding: units, as: UTF16.self).utf8
        units.removeAll()
    }

    private static func byteEscape(_ bytes: [UInt8], at index: Int) -> UInt8? {
        guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = bytes[index + 1].hexValue, let low = bytes[index + 2].hexValue
        else { return nil }
        return high << 4 | low
    }

    private static func utf16Unit(_ bytes: [UInt8], at index: Int) -> UInt16? {
        guard index + 5 < bytes.count, bytes[index] == UInt8(ascii: "%"), bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for position in index + 2..<index + 6 {
            guard let digit = bytes[position].hexValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    fileprivate var hexValue: UInt8? {
        if isASCIIDigit { return self - UInt8(ascii: "0") }
        let lower = self | 0x20
        guard (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lower) else { return nil }
        return lower - UInt8(ascii: "a") + 10
    }
}
