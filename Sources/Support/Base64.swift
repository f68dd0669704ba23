/// Base64 with padding, in the standard and the URL-safe alphabet (RFC 4648).
public enum Base64 {
    /// The encoded text of `bytes`.
    public static func encode(_ bytes: UnsafeRawBufferPointer, urlSafe: Bool = false) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { text in
            encode(bytes, into: UnsafeMutableRawBufferPointer(text), urlSafe: urlSafe)
        }
    }

    /// The encoded text of `bytes`.
    public static func encode(_ bytes: [UInt8], urlSafe: Bool = false) -> String {
        bytes.withUnsafeBytes { encode($0, urlSafe: urlSafe) }
    }

    /// Appends the encoded text of `bytes` to a buffer.
    public static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout [UInt8], urlSafe: Bool = false) {
        let start = buffer.count
        let needed = encodedCount(bytes.count)
        buffer.append(contentsOf: repeatElement(0, count: needed))
        buffer.withUnsafeMutableBytes { all in
            _ = encode(bytes, into: UnsafeMutableRawBufferPointer(rebasing: all[start...]), urlSafe: urlSafe)
        }
    }

    /// The number of characters that `count` bytes take.
    public static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes the encoded text into `output`, which has room for ``encodedCount(_:)``; returns its length.
    @discardableResult
    public static func encode(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, urlSafe: Bool = false
    ) -> Int {
        let alphabet = urlSafe ? urlSafeAlphabet : standardAlphabet
        return alphabet.withUTF8Buffer { letters in
            var read = 0
            var written = 0
            while read + 2 < bytes.count {
                let group = UInt32(bytes[read]) << 16 | UInt32(bytes[read + 1]) << 8 | UInt32(bytes[read + 2])
                output[written] = letters[Int(group >> 18)]
                output[written + 1] = letters[Int(group >> 12 & 63)]
                output[written + 2] = letters[Int(group >> 6 & 63)]
                output[written + 3] = letters[Int(group & 63)]
                read += 3
                written += 4
            }
            let left = bytes.count - read
            guard left > 0 else { return written }
            let group = UInt32(bytes[read]) << 16 | (left == 2 ? UInt32(bytes[read + 1]) << 8 : 0)
            output[written] = letters[Int(group >> 18)]
            output[written + 1] = letters[Int(group >> 12 & 63)]
            output[written + 2] = left == 2 ? letters[Int(group >> 6 & 63)] : UInt8(ascii: "=")
            output[written + 3] = UInt8(ascii: "=")
            return written + 4
        }
    }

    /// The bytes that `text` stands for, or `nil` when it is not padded base64 of the asked alphabet.
    public static func decode(_ text: String, urlSafe: Bool = false) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode(UnsafeRawBufferPointer($0), urlSafe: urlSafe) }
    }

    /// The bytes that the ASCII `text` stands for, or `nil` when it is not padded base64 of the asked alphabet.
    public static func decode(_ text: UnsafeRawBufferPointer, urlSafe: Bool = false) -> [UInt8]? {
        guard let capacity = decodedCount(text) else { return nil }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            isValid = decode(text, into: UnsafeMutableRawBufferPointer(output), urlSafe: urlSafe)
            count = isValid ? capacity : 0
        }
        return isValid ? bytes : nil
    }

    /// The number of bytes that padded base64 of this length and ending stands for, or `nil` when no such text exists.
    public static func decodedCount(_ text: UnsafeRawBufferPointer) -> Int? {
        guard text.count % 4 == 0 else { return nil }
        guard text.count > 0 else { return 0 }
        let padding = text[text.count - 1] != pad ? 0 : text[text.count - 2] != pad ? 1 : 2
        return text.count / 4 * 3 - padding
    }

    /// Decodes into `output`, whose size is ``decodedCount(_:)``; false when a character does not belong.
    public static func decode(
        _ text: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, urlSafe: Bool = false
    ) -> Bool {
        let table = urlSafe ? urlSafeValues : standardValues
        return table.withUnsafeBufferPointer { values in
            var written = 0
            var read = 0
            while read < text.count {
                let left = output.count - written
                let a = values[Int(text[read])]
                let b = values[Int(text[read + 1])]
                let c = left > 1 ? values[Int(text[read + 2])] : 0
                let d = left > 2 ? values[Int(text[read + 3])] : 0
                guard (a | b | c | d) & 0x80 == 0 else { return false }
                let group = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                output[written] = UInt8(truncatingIfNeeded: group >> 16)
                if left > 1 { output[written + 1] = UInt8(truncatingIfNeeded: group >> 8) }
                if left > 2 { output[written + 2] = UInt8(truncatingIfNeeded: group) }
                written += min(3, left)
                read += 4
            }
            return true
        }
    }

    private static let pad = UInt8(ascii: "=")
    private static let standardAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let urlSafeAlphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    private static let standardValues = values(of: standardAlphabet)
    private static let urlSafeValues = values(of: urlSafeAlphabet)

    /// For each byte its six-bit value, or 0xFF.
    private static func values(of alphabet: StaticString) -> [UInt8] {
        var table = [UInt8](repeating: 0xFF, count: 256)
        alphabet.withUTF8Buffer { for (value, letter) in $0.enumerated() { table[Int(letter)] = UInt8(value) } }
        return table
    }
}
