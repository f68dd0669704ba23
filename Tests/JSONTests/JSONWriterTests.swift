import JSON
import TestSupport
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    private func written(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        JSONWriter.appendString(bytes, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private func written(_ text: String) -> String { written(Array(text.utf8)) }

    @Test("escapes are those of Newtonsoft's default")
    func escapes() {
        #expect(written("plain/path") == "\"plain/path\"")
        #expect(written("a\"b\\c") == #""a\"b\\c""#)
        #expect(written("\u{8}\u{9}\u{A}\u{C}\u{D}") == #""\b\t\n\f\r""#)
        #expect(written("\u{0}\u{1F}\u{B}") == #""\u0000\u001f\u000b""#)
        #expect(written("\u{85}\u{2028}\u{2029}") == #""\u0085\u2028\u2029""#)
        #expect(written("\u{7F}'<>&+") == "\"\u{7F}'<>&+\"")
        #expect(written("Grüße 漢字 🎒 \u{2027}\u{202A}\u{84}") == "\"Grüße 漢字 🎒 \u{2027}\u{202A}\u{84}\"")
    }

    @Test("bytes that are no UTF-8 become replacement characters, as many as the standard says")
    func illFormed() {
        #expect(written([0x61, 0xFF, 0x62]) == "\"a\u{FFFD}b\"")
        #expect(written([0xE2, 0x80]) == "\"\u{FFFD}\"")
        #expect(written([0xC0, 0xAF]) == "\"\u{FFFD}\u{FFFD}\"")
        #expect(written([0xED, 0xA0, 0x80]) == "\"\u{FFFD}\u{FFFD}\u{FFFD}\"")
        #expect(written([0xF0, 0x9F, 0x8E, 0x41]) == "\"\u{FFFD}A\"")
    }

    @Test("replacement agrees with the standard library for random bytes")
    func replacementProperty() {
        var random = SeededGenerator.printed("replacementProperty")
        for _ in 0..<2000 {
            let count = Int.random(in: 0...12, using: &random)
            let palette: [UInt8] = [
                0x41, 0x7A, 0x80, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xF5, 0xFF, 0x9F, 0xA0, 0x90,
            ]
            let bytes = (0..<count).map { _ in palette.randomElement(using: &random) ?? 0 }
            let expected = String(decoding: bytes, as: UTF8.self)
            #expect(written(bytes) == "\"\(expected)\"", "\(bytes)")
            #expect(UTF8Validation.isValid(bytes) == (Array(expected.utf8) == bytes), "\(bytes)")
        }
    }

    @Test("whole numbers are written with all their digits")
    func integers() {
        for value: Int64 in [0, 7, 10, -1, 1_234_567_890, .max, .min] {
            var output: [UInt8] = []
            JSONWriter.appendInteger(value, to: &output)
            #expect(String(decoding: output, as: UTF8.self) == "\(value)")
        }
    }

    @Test("a document keeps its members' order and is indented on demand")
    func documents() {
        let value = JSONValue.object([
            .init("z", .integer(1)), .init("a", .array([.null, .bool(true), .number(1.5)])), .init("e", .object([])),
        ])
        #expect(value.description == #"{"z":1,"a":[null,true,1.5],"e":{}}"#)
        let pretty = String(decoding: value.serialized(pretty: true), as: UTF8.self)
        #expect(pretty == "{\n  \"z\": 1,\n  \"a\": [\n    null,\n    true,\n    1.5\n  ],\n  \"e\": {}\n}")
        #expect(JSONValue.number(.infinity).description == "null")
    }
}
