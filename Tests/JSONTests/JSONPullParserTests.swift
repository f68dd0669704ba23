import JSON
import TestSupport
import Testing

@Suite("Reading JSON in pieces")
struct JSONPullParserTests {
    /// All tokens with their texts, the document fed in chunks of a size.
    private func tokens(_ text: String, chunk: Int = .max) throws -> [String] {
        try tokens(Array(text.utf8)) { _ in chunk }
    }

    private func tokens(_ bytes: [UInt8], chunk: (Int) -> Int) throws -> [String] {
        var parser = JSONPullParser()
        var result: [String] = []
        func drain() throws {
            while let token = try parser.next() {
                switch token {
                case .key: result.append("key:\(parser.text)")
                case .string: result.append("string:\(parser.text)")
                case .number: result.append("number:\(parser.text)")
                default: result.append("\(token)")
                }
            }
        }
        var start = 0
        while start < bytes.count {
            let end = start + min(max(1, chunk(start)), bytes.count - start)
            parser.feed(Array(bytes[start..<end]))
            try drain()
            start = end
        }
        parser.finish()
        try drain()
        return result
    }

    private let sample =
        "\u{FEFF} {\"a\" : [1, -2.5e+3, \"x\\n\\u00e4\\ud83c\\udf92\", true, false, null, {}, []], \"b\":\"\"} \n"

    private let sampleTokens = [
        "objectStart", "key:a", "arrayStart", "number:1", "number:-2.5e+3", "string:x\nä🎒", "bool(true)", "bool(false)",
        "null", "objectStart", "objectEnd", "arrayStart", "arrayEnd", "arrayEnd", "key:b", "string:", "objectEnd",
    ]

    @Test("tokens do not depend on where chunks end", arguments: 1...40)
    func chunks(size: Int) throws {
        #expect(try tokens(sample, chunk: size) == sampleTokens)
    }

    @Test("a number at the very end is complete once the document is")
    func trailingNumber() throws {
        #expect(try tokens("12", chunk: 1) == ["number:12"])
    }

    @Test("half a surrogate pair becomes a replacement character")
    func loneSurrogates() throws {
        #expect(
            try tokens(#"["\ud83c","\udf92x","\ud83c\u0041"]"#) == [
                "arrayStart", "string:\u{FFFD}", "string:\u{FFFD}x", "string:\u{FFFD}A", "arrayEnd",
            ])
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", JSONError.Kind.unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
            ("{\"a\"", .unexpectedEnd, 4), ("\"abc", .unexpectedEnd, 4), ("[1,]", .unexpectedByte(0x5D), 3),
            ("{\"a\":1,}", .unexpectedByte(0x7D), 7), ("[1 2]", .unexpectedByte(0x32), 3),
            ("{1:2}", .unexpectedByte(0x31), 1), ("{\"a\" 1}", .unexpectedByte(0x31), 5),
            ("[}", .unexpectedByte(0x7D), 1), ("{]", .unexpectedByte(0x5D), 1), ("[01]", .invalidNumber, 1),
            ("[1.]", .invalidNumber, 1), ("[-]", .invalidNumber, 1), ("[1e]", .invalidNumber, 1),
            ("[+1]", .unexpectedByte(0x2B), 1), ("[.5]", .unexpectedByte(0x2E), 1), ("nul", .unexpectedEnd, 3),
            ("trux", .unexpectedByte(0x78), 3), ("\"\\x\"", .invalidEscape, 1), ("\"\\u12g4\"", .invalidEscape, 1),
            ("\"\\u12\"", .invalidEscape, 1), ("\"a\tb\"", .controlCharacter(9), 2), ("1 2", .trailingText, 2),
            ("{}x", .trailingText, 2), ("NaN", .unexpectedByte(0x4E), 0), ("\u{1}", .unexpectedByte(1), 0),
        ])
    func refusals(text: String, kind: JSONError.Kind, offset: Int) {
        #expect(throws: JSONError(kind, offset: offset)) { try tokens(text) }
        #expect(throws: JSONError(kind, offset: offset)) { try tokens(text, chunk: 1) }
    }

    @Test("nesting and length are limited")
    func limits() {
        var deep = JSONPullParser(maximumDepth: 3)
        deep.feed(Array("[[[[".utf8))
        #expect(throws: JSONError(.tooDeep(limit: 3), offset: 3)) { while try deep.next() != nil {} }
        var long = JSONPullParser(maximumLength: 8)
        long.feed(Array("[\"123456789".utf8))
        #expect(throws: JSONError(.tooLong(limit: 8), offset: 2)) { while try long.next() != nil {} }
    }

    @Test("whole numbers have a value up to the ends of 64 bits")
    func integers() throws {
        for (text, value) in [
            ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", Int64.min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e3", nil),
        ] as [(String, Int64?)] {
            var parser = JSONPullParser()
            parser.feed(Array(text.utf8))
            parser.finish()
            #expect(try parser.next() == .number)
            #expect(parser.integer == value, "\(text)")
        }
    }

    @Test("a value can be skipped by its depth, over chunk ends")
    func skipping() throws {
        var parser = JSONPullParser()
        parser.feed(Array("[{\"a\":[1,{\"b\":".utf8))
        #expect(try parser.next() == .arrayStart)
        #expect(try parser.next() == .objectStart)
        #expect(try parser.skip(toDepth: 1) == false)
        parser.feed(Array("2}]},7]".utf8))
        #expect(try parser.skip(toDepth: 1))
        #expect(try parser.next() == .number)
        #expect(parser.text == "7")
    }

    @Test("random documents survive writing and reading, however they are cut")
    func roundTrip() throws {
        var random = SeededGenerator.printed("JSON roundTrip")
        for _ in 0..<300 {
            let value = Self.randomValue(depth: 4, &random)
            for pretty in [false, true] {
                let bytes = value.serialized(pretty: pretty)
                #expect(try JSONValue(parsing: bytes) == value)
                let whole = try tokens(bytes) { _ in .max }
                var cuts = random
                #expect(try tokens(bytes) { _ in Int.random(in: 1...9, using: &cuts) } == whole)
            }
        }
    }

    @Test("random damage never does worse than an error")
    func damage() {
        var random = SeededGenerator.printed("JSON damage")
        let original = Array(sample.utf8)
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            _ = try? JSONValue(parsing: Array(bytes[..<cut]))
            var cuts = random
            _ = try? tokens(bytes) { _ in Int.random(in: 1...5, using: &cuts) }
        }
    }

    private static func randomValue(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: return .number(Double.random(in: -1...1, using: &random))
        case 4, 5: return .string(randomText(&random))
        case 6:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in randomValue(depth: depth - 1, &random) })
        default:
            let count = Int.random(in: 0...4, using: &random)
            return .object((0..<count).map { _ in .init(randomText(&random), randomValue(depth: depth - 1, &random)) })
        }
    }

    private static func randomText(_ random: inout SeededGenerator) -> String {
        let palette: [Character] = ["a", "\"", "\\", "\n", "\u{1}", "ä", "漢", "🎒", "\u{2028}", "\u{85}", "/", " "]
        return String(
            (0..<Int.random(in: 0...20, using: &random)).map { _ in palette.randomElement(using: &random) ?? "x" })
    }
}
