/// Decides whether bytes are well-formed UTF-8.
///
/// Names of files are arbitrary bytes on Linux, JSON strings are not: who writes one into the other asks first.
public enum UTF8Validation {
    /// Tells whether all bytes are well-formed UTF-8.
    public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        let count = bytes.count
        while position < count {
            if bytes[position] < 0x80 {
                // Eight at a time: almost every name is plain ASCII.
                if position &+ 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    position &+= 8
                } else {
                    position &+= 1
                }
                continue
            }
            let length = sequenceLength(bytes, at: position)
            guard length > 0 else { return false }
            position &+= length
        }
        return true
    }

    /// Tells whether all bytes are well-formed UTF-8.
    public static func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { isValid($0) }
    }

    /// The length of the sequence at a position: positive when well-formed, else minus the length of the part that
    /// one replacement character stands for (the "maximal subpart" of the Unicode standard).
    static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
        let first = bytes[position]
        if first < 0x80 { return 1 }
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0:
            length = 3
            lowest = 0xA0
        case 0xED:
            length = 3
            highest = 0x9F
        case 0xE1...0xEF: length = 3
        case 0xF0:
            length = 4
            lowest = 0x90
        case 0xF4:
            length = 4
            highest = 0x8F
        case 0xF1...0xF3: length = 4
        default: return -1
        }
        var index = 1
        while index < length {
            guard position + index < bytes.count else { return -index }
            let byte = bytes[position + index]
            guard byte >= lowest, byte <= highest else { return -index }
            lowest = 0x80
            highest = 0xBF
            index += 1
        }
        return length
    }
}
