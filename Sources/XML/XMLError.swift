/// Why a text is no XML that is read here, or cannot become any.
public enum XMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It breaks the grammar; the line, counted from 1, and the rule.
    case malformed(line: Int, String)
    /// It has a document type, which nobody needs and which could define entities; the line.
    case documentType(line: Int)
    /// Elements are nested more deeply than allowed; the line.
    case tooDeep(line: Int, limit: Int)
    /// More has to be kept at a time than allowed, in bytes; the line.
    case tooLarge(line: Int, limit: Int)
    /// A character that XML 1.0 cannot carry in any way; its number in Unicode.
    case unwritable(UInt32)

    /// A sentence of cause.
    public var description: String {
        switch self {
        case .malformed(let line, let rule): "The XML is broken in line \(line): \(rule)."
        case .documentType(let line): "The XML declares a document type in line \(line), which is not accepted."
        case .tooDeep(let line, let limit): "The XML is nested deeper than \(limit) levels in line \(line)."
        case .tooLarge(let line, let limit): "The XML holds more than \(limit) bytes up to line \(line)."
        case .unwritable(let scalar):
            "The character U+\(String(scalar, radix: 16, uppercase: true)) cannot be written in XML 1.0."
        }
    }
}
