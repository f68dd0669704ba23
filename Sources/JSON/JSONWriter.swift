/// Appends JSON text to a byte array, with the escapes that Newtonsoft's library writes by default.
///
/// Escaped are `"`, `\`, control characters below U+0020, U+0085, U+2028 and U+2029; everything else is raw UTF-8.
/// Documents that Duplicati compares by their hash, such as metadata blobs, depend on exactly this choice.
public enum JSONWriter {
    /// Appends a quoted string given as UTF-8; ill-formed sequences become U+FFFD.
    public static func appendString(_ utf8: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        output.append(0x22)
        appendEscaped(utf8, to: &output)
        output.append(0x22)
    }

    /// Appends a quoted string given as UTF-8; ill-formed sequences become U+FFFD.
    public static func appendString(_ utf8: [UInt8], to output: inout [UInt8]) {
        utf8.withUnsafeBytes { appendString($0, to: &output) }
    }

    /// Appends a quoted string.
    public static func appendString(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendString(UnsafeRawBufferPointer($0), to: &output) }
    }

    /// Appends the inside of a string, without the quotes, so that a string can be written in parts.
    ///
    /// A part must not end in the middle of a character.
    public static func appendEscaped(_ utf8: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        let bytes = utf8.bindMemory(to: UInt8.self)
        let count = bytes.count
        var runStart = 0
        var position = 0
        while position < count {
            let byte = bytes[position]
            if byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C {
                position &+= 1
                continue
            }
            var length = 1
            if byte >= 0x80 {
                length = UTF8Validation.sequenceLength(utf8, at: position)
                if length > 0, !isEscapedSequence(bytes, at: position, length: length) {
                    position &+= length
                    continue
                }
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[runStart..<position]))
            appendReplacement(bytes, at: position, length: length, to: &output)
            position &+= abs(length)
            runStart = position
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[runStart..<count]))
    }

    /// Appends a whole number.
    public static func appendInteger(_ value: Int64, to output: inout [UInt8]) {
        if value < 0 { output.append(0x2D) }
        var rest = value.magnitude
        if rest < 10 {
            output.append(UInt8(truncatingIfNeeded: rest) &+ 0x30)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            while rest > 0 {
                start &-= 1
                digits[start] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
                rest /= 10
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
        }
    }

    /// Appends text that is known to need no escape, such as a member's name and punctuation.
    @inlinable
    public static func append(_ literal: StaticString, to output: inout [UInt8]) {
        output.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Tells whether a well-formed sequence is U+0085, U+2028 or U+2029.
    private static func isEscapedSequence(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, length: Int) -> Bool {
        switch length {
        case 2: bytes[position] == 0xC2 && bytes[position + 1] == 0x85
        case 3: bytes[position] == 0xE2 && bytes[position + 1] == 0x80 && (bytes[position + 2] & 0xFE) == 0xA8
        default: false
        }
    }

    private static func appendReplacement(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, length: Int, to output: inout [UInt8]
    ) {
        let byte = bytes[position]
        switch (byte, length) {
        case (_, ...0): append("\u{FFFD}", to: &output)
        case (0x22, _): append("\\\"", to: &output)
        case (0x5C, _): append("\\\\", to: &output)
        case (0x08, _): append("\\b", to: &output)
        case (0x09, _): append("\\t", to: &output)
        case (0x0A, _): append("\\n", to: &output)
        case (0x0C, _): append("\\f", to: &output)
        case (0x0D, _): append("\\r", to: &output)
        case (_, 2): append("\\u0085", to: &output)
        case (_, 3): append(bytes[position + 2] == 0xA8 ? "\\u2028" : "\\u2029", to: &output)
        default:
            append("\\u00", to: &output)
            for digit in [byte >> 4, byte & 0x0F] {
                output.append(digit < 10 ? digit + 0x30 : digit + 0x57)
            }
        }
    }
}
