/// A document that is not JSON, or more of it than the reader accepts.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: Sendable, Hashable {
        /// A byte that the grammar does not allow at this place.
        case unexpectedByte(UInt8)

        /// The document ends in the middle of a value.
        case unexpectedEnd

        /// A backslash followed by something that is no escape.
        case invalidEscape

        /// A control character stands unescaped in a string.
        case controlCharacter(UInt8)

        /// A number that JSON's grammar does not know.
        case invalidNumber

        /// More text follows the document.
        case trailingText

        /// Arrays and objects are nested more deeply than allowed.
        case tooDeep(limit: Int)

        /// A single string or number is longer than allowed.
        case tooLong(limit: Int)
    }

    /// What is wrong.
    public let kind: Kind

    /// Where: the number of bytes before the fault.
    public let offset: Int

    /// Creates an error at a place of the document.
    public init(_ kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// One sentence with the place.
    public var description: String {
        "\(cause) at byte \(offset)"
    }

    private var cause: String {
        switch kind {
        case .unexpectedByte(let byte) where (0x21...0x7E).contains(byte):
            "unexpected '\(Character(Unicode.Scalar(byte)))'"
        case .unexpectedByte(let byte):
            "unexpected byte 0x\(String(byte, radix: 16))"
        case .unexpectedEnd: "the document ends too early"
        case .invalidEscape: "invalid escape in a string"
        case .controlCharacter(let byte): "unescaped control character 0x\(String(byte, radix: 16))"
        case .invalidNumber: "invalid number"
        case .trailingText: "text after the end of the document"
        case .tooDeep(let limit): "more than \(limit) nested levels"
        case .tooLong(let limit): "a value longer than \(limit) bytes"
        }
    }
}
