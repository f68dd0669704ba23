/// Writes a small document, such as the body of a request.
public struct XMLWriter: Sendable {
    private var bytes: [UInt8] = []

    private init() {}

    /// A whole document in UTF-8, with its declaration.
    /// - Parameters:
    ///   - root: the outermost element's name, a name of XML, as all names here.
    ///   - namespace: what its names belong to; nil for nothing.
    ///   - body: writes what is in it.
    /// - Returns: the document.
    /// - Throws: `XMLError.unwritable`.
    public static func document(
        _ root: String, namespace: String? = nil, _ body: (inout XMLWriter) throws(XMLError) -> Void
    ) throws(XMLError) -> [UInt8] {
        var writer = XMLWriter()
        writer.bytes += Array(#"<?xml version="1.0" encoding="UTF-8"?><\#(root)"#.utf8)
        if let namespace {
            writer.bytes += Array(#" xmlns=""#.utf8)
            try writer.append(namespace)
            writer.bytes.append(UInt8(ascii: "\""))
        }
        writer.bytes.append(UInt8(ascii: ">"))
        try body(&writer)
        writer.bytes += Array("</\(root)>".utf8)
        return writer.bytes
    }

    /// Writes an element with a text.
    /// - Throws: `XMLError.unwritable` for a character that XML 1.0 does not have: most of the control characters,
    ///   U+FFFE and U+FFFF.
    public mutating func element(_ name: String, _ text: String) throws(XMLError) {
        bytes += Array("<\(name)>".utf8)
        try append(text)
        bytes += Array("</\(name)>".utf8)
    }

    /// Writes an element with elements in it.
    public mutating func element(
        _ name: String, _ body: (inout XMLWriter) throws(XMLError) -> Void
    ) throws(XMLError) {
        bytes += Array("<\(name)>".utf8)
        try body(&self)
        bytes += Array("</\(name)>".utf8)
    }

    /// Whether a text can be carried; keys of objects can hold what cannot.
    public static func canCarry(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isAllowed) }

    /// Whether a character can be carried.
    public static func canCarry(_ scalar: Unicode.Scalar) -> Bool { isAllowed(scalar) }

    /// A text as it stands in an element, or between the double quotation marks of an attribute.
    /// - Throws: `XMLError.unwritable`.
    public static func escaped(_ text: String) throws(XMLError) -> String {
        var writer = XMLWriter()
        try writer.append(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD: true
        case 0..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private mutating func append(_ text: String) throws(XMLError) {
        for scalar in text.unicodeScalars {
            guard Self.isAllowed(scalar) else { throw .unwritable(scalar.value) }
            switch scalar {
            case "&": bytes += Array("&amp;".utf8)
            case "<": bytes += Array("&lt;".utf8)
            case ">": bytes += Array("&gt;".utf8)
            case "\"": bytes += Array("&quot;".utf8)
            // Readers take a carriage return for a line feed, when it stands as it is; in an attribute all for blanks.
            case "\r": bytes += Array("&#13;".utf8)
            case "\n": bytes += Array("&#10;".utf8)
            case "\t": bytes += Array("&#9;".utf8)
            default: bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
    }
}
