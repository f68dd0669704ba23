internal import JSON

/// What a value must be, for the document that describes the service and for the check of what comes in.
indirect enum Schema: Sendable {
    /// A member of an object.
    struct Property: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
        let summary: String

        init(_ name: String, _ schema: Schema, _ summary: String, required: Bool = true) {
            self.name = name
            self.schema = schema
            isRequired = required
            self.summary = summary
        }
    }

    /// A text, which a pattern may restrict.
    case text(TextForm? = nil, longest: Int? = nil)
    /// One of a few words.
    case word([String])
    /// A whole number.
    case integer(ClosedRange<Int64> = .min ... .max)
    /// `true` or `false`.
    case boolean
    /// A list.
    case list(Schema, longest: Int? = nil)
    /// An object; one that is sent to the service has no other members.
    case object([Property], isOpen: Bool = false)
    /// An object whose members are not described.
    case anything
    /// What is described under a name, once for all.
    case named(String)
    /// The same, or `null`.
    case nullable(Schema)

    /// A moment.
    static let moment = Schema.text(.moment)

    /// The schema as JSON Schema 2020-12 has it.
    var json: JSONValue {
        switch self {
        case .text(let form, let longest):
            var members: [JSONValue.Member] = [.init("type", .string("string"))]
            if let form {
                if let format = form.format { members.append(.init("format", .string(format))) }
                if let pattern = form.pattern { members.append(.init("pattern", .string(pattern))) }
            }
            if let longest { members.append(.init("maxLength", .integer(Int64(longest)))) }
            return .object(members)
        case .word(let words):
            return .object([.init("type", .string("string")), .init("enum", .array(words.map { .string($0) }))])
        case .integer(let bounds):
            var members: [JSONValue.Member] = [.init("type", .string("integer"))]
            if bounds.lowerBound > .min { members.append(.init("minimum", .integer(bounds.lowerBound))) }
            if bounds.upperBound < .max { members.append(.init("maximum", .integer(bounds.upperBound))) }
            return .object(members)
        case .boolean: return .object([.init("type", .string("boolean"))])
        case .list(let item, let longest):
            var members: [JSONValue.Member] = [.init("type", .string("array")), .init("items", item.json)]
            if let longest { members.append(.init("maxItems", .integer(Int64(longest)))) }
            return .object(members)
        case .object(let properties, let isOpen): return Self.json(properties, isOpen: isOpen)
        case .anything: return .object([.init("type", .string("object"))])
        case .named(let name): return .object([.init("$ref", .string("#/components/schemas/\(name)"))])
        case .nullable(let schema):
            return .object([
                .init("anyOf", .array([schema.json, .object([.init("type", .string("null"))])]))
            ])
        }
    }

    private static func json(_ properties: [Property], isOpen: Bool) -> JSONValue {
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        var members: [JSONValue.Member] = [
            .init("type", .string("object")),
            .init(
                "properties",
                .object(
                    properties.map { property in
                        var members: [JSONValue.Member] = []
                        if case .object(let own) = property.schema.json { members = own }
                        return .init(
                            property.name, .object(members + [.init("description", .string(property.summary))]))
                    })),
        ]
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        if !isOpen { members.append(.init("additionalProperties", .bool(false))) }
        return .object(members)
    }
}

/// What a text looks like: the pattern for others, and the same as a check.
struct TextForm: Sendable {
    let pattern: String?
    var format: String?
    let noun: String
    let isValid: @Sendable (String) -> Bool

    /// The name of a job, a destination or the like.
    static let name = TextForm(pattern: "^[a-z0-9][a-z0-9._-]{0,62}$", noun: "a name of the configuration") { text in
        guard let first = text.utf8.first, text.utf8.count <= 63 else { return false }
        let marks: [UInt8] = [0x2E, 0x5F, 0x2D]
        return !marks.contains(first)
            && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || isDigit($0) || marks.contains($0) }
    }

    /// A text without a zero byte.
    static let plain = TextForm(pattern: #"^[^\u0000]*$"#, noun: "a text without a zero byte") { !$0.utf8.contains(0) }

    /// The identifier of a run or of a restore.
    static let identifier = TextForm(pattern: "^[0-9A-HJKMNP-TV-Z]{26}$", noun: "an identifier of 26 characters") {
        $0.utf8.count == 26 && $0.utf8.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.contains($0) }
    }

    /// Which version.
    static let version = TextForm(
        pattern: "^(newest|[0-9]{1,6}|[0-9]{8}T[0-9]{6}Z)$",
        noun: "a version: newest, a number from 0 for the newest, or its id like 20261121T031826Z"
    ) { text in
        if text == "newest" { return true }
        let bytes = Array(text.utf8)
        if bytes.count <= 6 { return !bytes.isEmpty && bytes.allSatisfy { isDigit($0) } }
        return bytes.count == 16 && bytes[8] == UInt8(ascii: "T") && bytes[15] == UInt8(ascii: "Z")
            && (bytes[..<8] + bytes[9..<15]).allSatisfy { isDigit($0) }
    }

    /// Bytes in URL-safe base64 without padding.
    static let base64 = TextForm(
        pattern: "^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2,3})?$", noun: "URL-safe base64 without padding"
    ) { text in
        text.utf8.count % 4 != 1 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }

    /// An absolute path.
    static let path = TextForm(pattern: #"^(/|[A-Za-z]:\\)"#, noun: "an absolute path") { text in
        text.hasPrefix("/")
            || text.dropFirst().hasPrefix(#":\"#) && text.first.map { $0.isASCII && $0.isLetter } == true
    }

    /// An absolute path of this machine.
    static let localPath = TextForm(pattern: #"^/[^\u0000]*$"#, noun: "an absolute path") { text in
        text.hasPrefix("/") && !text.utf8.contains(0)
    }

    /// A moment, as RFC 3339 writes it in UTC.
    static let moment = TextForm(pattern: nil, format: "date-time", noun: "a moment") { _ in true }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
