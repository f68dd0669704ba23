/// A whole JSON document in memory; objects keep the order of their members.
///
/// For small documents: reports, manifests, answers of servers. Large ones are read with `JSONPullParser`.
public enum JSONValue: Sendable, Hashable {
    /// A name and its value.
    public struct Member: Sendable, Hashable {
        /// The member's name.
        public var name: String

        /// The member's value.
        public var value: JSONValue

        /// Creates a member.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// `null`
    case null

    /// `true` or `false`
    case bool(Bool)

    /// A whole number that fits 64 bits.
    case integer(Int64)

    /// Any other number.
    case number(Double)

    /// A string.
    case string(String)

    /// A list.
    case array([JSONValue])

    /// Members in the order of the document.
    case object([Member])
}

extension JSONValue {
    /// The value of a member; nil when this is no object or has no such member.
    ///
    /// Of equal names the last one counts.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value of a whole number.
    public var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The value of any number.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The value of a truth value.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of a list.
    public var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object.
    public var object: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

extension JSONValue {
    /// Reads a document.
    public init(parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64) throws(JSONError) {
        var parser = JSONPullParser(maximumDepth: maximumDepth, maximumLength: max(bytes.count, 1))
        parser.feed(bytes)
        try self.init(draining: &parser)
    }

    /// Reads a document.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) {
        var parser = JSONPullParser(maximumDepth: maximumDepth, maximumLength: max(bytes.count, 1))
        parser.feed(bytes)
        try self.init(draining: &parser)
    }

    /// Reads a document.
    public init(parsing text: String, maximumDepth: Int = 64) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    private init(draining parser: inout JSONPullParser) throws(JSONError) {
        parser.finish()
        guard let token = try parser.next() else { throw JSONError(.unexpectedEnd, offset: parser.offset) }
        self = try Self.read(token, from: &parser)
        if try parser.next() != nil { throw JSONError(.trailingText, offset: parser.offset) }
    }

    private static func read(_ token: JSONToken, from parser: inout JSONPullParser) throws(JSONError) -> JSONValue {
        switch token {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .string, .key: return .string(parser.text)
        case .number:
            if let integer = parser.integer { return .integer(integer) }
            return .number(Double(parser.text) ?? .infinity)
        case .arrayStart:
            var elements: [JSONValue] = []
            while let token = try parser.next(), token != .arrayEnd {
                elements.append(try read(token, from: &parser))
            }
            return .array(elements)
        case .objectStart:
            var members: [Member] = []
            while let token = try parser.next(), token != .objectEnd {
                let name = parser.text
                guard let token = try parser.next() else { break }
                members.append(Member(name, try read(token, from: &parser)))
            }
            return .object(members)
        case .arrayEnd, .objectEnd:
            throw JSONError(.unexpectedEnd, offset: parser.offset)
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The document as compact text.
    public var description: String {
        String(decoding: serialized(), as: UTF8.self)
    }

    /// The document as UTF-8; `pretty` indents by two spaces, a member a line, for people.
    public func serialized(pretty: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        append(to: &output, indent: pretty ? 0 : nil)
        return output
    }

    /// Appends the document as compact text.
    public func append(to output: inout [UInt8]) {
        append(to: &output, indent: nil)
    }

    private func append(to output: inout [UInt8], indent: Int?) {
        switch self {
        case .null: JSONWriter.append("null", to: &output)
        case .bool(let value): JSONWriter.append(value ? "true" : "false", to: &output)
        case .integer(let value): JSONWriter.appendInteger(value, to: &output)
        case .number(let value):
            // JSON has no infinities and no NaN.
            if value.isFinite {
                output.append(contentsOf: "\(value)".utf8)
            } else {
                JSONWriter.append("null", to: &output)
            }
        case .string(let text): JSONWriter.appendString(text, to: &output)
        case .array(let elements):
            Self.appendList(elements, brackets: (0x5B, 0x5D), to: &output, indent: indent) { element, output, indent in
                element.append(to: &output, indent: indent)
            }
        case .object(let members):
            Self.appendList(members, brackets: (0x7B, 0x7D), to: &output, indent: indent) { member, output, indent in
                JSONWriter.appendString(member.name, to: &output)
                output.append(0x3A)
                if indent != nil { output.append(0x20) }
                member.value.append(to: &output, indent: indent)
            }
        }
    }

    private static func appendList<T>(
        _ items: [T], brackets: (UInt8, UInt8), to output: inout [UInt8], indent: Int?,
        item: (T, inout [UInt8], Int?) -> Void
    ) {
        output.append(brackets.0)
        for (index, element) in items.enumerated() {
            if index > 0 { output.append(0x2C) }
            if let indent { newLine(to: &output, indent: indent + 2) }
            item(element, &output, indent.map { $0 + 2 })
        }
        if let indent, !items.isEmpty { newLine(to: &output, indent: indent) }
        output.append(brackets.1)
    }

    private static func newLine(to output: inout [UInt8], indent: Int) {
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: indent))
    }
}
