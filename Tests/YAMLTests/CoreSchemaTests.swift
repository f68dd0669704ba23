import Testing

@testable import YAML

@Suite struct CoreSchemaTests {
    @Test(
        "a plain scalar means what YAML 1.2's core schema says",
        arguments: [
            ("", Scalar.Value.null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .string("nULL")),
            ("true", .boolean(true)), ("False", .boolean(false)), ("TRUE", .boolean(true)),
            ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("y", .string("y")),
            ("0", .integer(0)), ("-12", .integer(-12)), ("+7", .integer(7)), ("0755", .integer(755)),
            ("0o755", .integer(493)), ("0xFf", .integer(255)), ("0b11", .string("0b11")), ("1_000", .string("1_000")),
            ("-0x1", .string("-0x1")), ("0o8", .string("0o8")), ("0x", .string("0x")), ("-", .string("-")),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .float(9_223_372_036_854_775_808)),
            ("1.5", .float(1.5)), (".5", .float(0.5)), ("5.", .float(5)), ("1e3", .float(1000)),
            ("-1.2E-1", .float(-0.12)),
            (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)), ("inf", .string("inf")), (".", .string(".")),
            ("1e", .string("1e")), ("12:30", .string("12:30")), ("2026-11-21", .string("2026-11-21")),
            ("0x1p3", .string("0x1p3")), ("nan", .string("nan")),
        ])
    func resolution(_ text: String, _ value: Scalar.Value) {
        #expect(CoreSchema.resolve(text) == value)
    }

    @Test("not a number is a float")
    func notANumber() {
        guard case .float(let value) = CoreSchema.resolve(".nan") else {
            Issue.record("no float")
            return
        }
        #expect(value.isNaN)
    }

    @Test("a quoted scalar is always text", arguments: ["'true'", "\"12\"", "'~'", "\"\"", "|\n  12\n", ">\n  true\n"])
    func quoted(_ written: String) throws {
        let document = YAMLDocument(parsing: try SourceText(utf8: Array("a: \(written)".utf8)))
        guard case .string? = document.root?["a"]?.scalar?.value else {
            Issue.record("not a text: \(String(describing: document.root?["a"]))")
            return
        }
    }
}
