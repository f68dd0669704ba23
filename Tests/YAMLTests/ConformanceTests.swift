import Foundation
import Testing

@testable import YAML

/// What a configuration can contain, feature by feature, under the names that the YAML Test Suite has for them.
///
/// The files are our own; those of the suite are run by `SuiteTests` where they are at hand.
@Suite("Conformance with YAML 1.2")
struct ConformanceTests {
    /// A file and what it means, as JSON.
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let feature: String
        let yaml: String
        let json: String

        init(_ id: String, _ feature: String, _ yaml: String, _ json: String) {
            self.id = id
            self.feature = feature
            self.yaml = yaml
            self.json = json
        }

        var testDescription: String { "\(id): \(feature)" }
    }

    private static let cases: [Case] = [
        .init(
            "229Q", "a list of mappings", "-\n  name: disk\n  size: 5\n-\n  name: nas\n",
            #"[{"name":"disk","size":5},{"name":"nas"}]"#),
        .init("27NA", "a directive before the document", "%YAML 1.2\n--- text\n", #""text""#),
        .init(
            "2EBW", "keys with nearly every printable character", "a!&*(-)+,./09:;<=>?@AZ[\\]^_`az{|}~: 1\n",
            #"{"a!&*(-)+,./09:;<=>?@AZ[\\]^_`az{|}~":1}"#),
        .init("35KP", "tags of the core schema", "--- !!map\na: !!str 7\n", #"{"a":"7"}"#),
        .init("3ALJ", "a block list in a block list", "- - a\n  - b\n- c\n", #"[["a","b"],"c"]"#),
        .init(
            "3GZX", "an alias to the latest of two anchors", "- &x one\n- *x\n- &x two\n- *x\n",
            #"["one","one","two","two"]"#),
        .init(
            "4CQQ", "a plain and a quoted text over lines", "plain:\n  one\n  two\nquoted: \"one\n  two\\n\"\n",
            #"{"plain":"one two","quoted":"one two\n"}"#),
        .init("4GC6", "a quote in single quotes", "'it''s \"here\"'\n", #""it's \"here\"""#),
        .init(
            "4ZYM", "white space around folded lines", "plain: one\n  two\nblock: |\n  one\n   \ttwo\n",
            #"{"plain":"one two","block":"one\n \ttwo\n"}"#),
        .init(
            "5C5M", "flow mappings", "- { one: two , three: four , }\n- {five: six}\n",
            #"[{"one":"two","three":"four"},{"five":"six"}]"#),
        .init(
            "5GBF", "empty lines in texts", "folded: \"one\n\n  two\"\nliteral: |\n  one\n\n  two\n",
            #"{"folded":"one\ntwo","literal":"one\n\ntwo\n"}"#),
        .init("5NYZ", "a comment after a key", "key:    # why\n  value\n", #"{"key":"value"}"#),
        .init(
            "6FWR", "block texts keep their last line breaks with `+`", "a: |+\n  one\n\n\nb: 1\n",
            #"{"a":"one\n\n\n","b":1}"#),
        .init(
            "6JQW", "drawings that keep their white space", "--- |\n  /\\_\n    \\ |\n", #""/\\_\n  \\ |\n""#),
        .init("6JWB", "tags on collections", "a: !!seq [ 1 ]\nb: !!map { c: 2 }\n", #"{"a":[1],"b":{"c":2}}"#),
        .init(
            "6VJK", "a folded text with more indented lines", ">\n one\n two\n\n   * item\n\n three\n",
            #""one two\n\n  * item\n\nthree\n""#),
        .init("9DXL", "a comment and a document end", "--- # begins\nkey: value\n...\n# ends\n", #"{"key":"value"}"#),
        .init(
            "735Y", "block nodes of every kind", "-\n  \"in lines\"\n- >\n  folded\n- !!map\n  a: b\n",
            #"["in lines","folded\n",{"a":"b"}]"#),
        .init("74H7", "tags inside implicit mappings", "!!str a: b\nc: !!int 4\n", #"{"a":"b","c":4}"#),
        .init("7A4E", "a double-quoted text over lines", "\" one\n\n  two \n\tthree \"\n", #"" one\ntwo three ""#),
        .init(
            "7BUB", "an anchor used twice", "a:\n  - &n Nas\n  - Disk\nb:\n  - *n\n  - *n\n",
            #"{"a":["Nas","Disk"],"b":["Nas","Nas"]}"#),
        .init(
            "7T8X", "folding with comments after it", ">\n\n one\n two\n\n three\n\n# end\n", #""\none two\nthree\n""#),
        .init("82AN", "three dashes that are a text", "---word1\nword2\n", #""---word1 word2""#),
        .init("8G76", "nothing but comments", "# one\n   # two\n\n", "null"),
        .init(
            "8UDB", "flow lists of every kind", "[ \"double\" , 'single', plain text, [ nested ], {a: b}, ]\n",
            #"["double","single","plain text",["nested"],{"a":"b"}]"#),
        .init("96L6", "a folded text at the top", "--- >\n  one\n  two\n  three\n", #""one two three\n""#),
        .init("9BXH", "multi-line double-quoted values in flow", "- { a: \"b\n    c\" }\n", #"[{"a":"b c"}]"#),
        .init("9J7A", "a mapping indented in a list", "-\n  a: b\n  c: d\n", #"[{"a":"b","c":"d"}]"#),
        .init(
            "A6F9", "what becomes of the last line break", "strip: |-\n  text\nclip: |\n  text\nkeep: |+\n  text\n",
            #"{"strip":"text","clip":"text\n","keep":"text\n"}"#),
        .init("A984", "plain values over lines in a mapping", "a: b\n  c\nd:\n  e\n  f\n", #"{"a":"b c","d":"e f"}"#),
        .init("AZ63", "a list at the column of its key", "key:\n- a\n- b\nnext: 1\n", #"{"key":["a","b"],"next":1}"#),
        .init(
            "C2DT", "values directly after quoted keys in flow", "{ \"a\":1, \"b\": 2, \"c\": }\n",
            #"{"a":1,"b":2,"c":null}"#),
        .init("CC74", "a tag handle", "%TAG !e! tag:yaml.org,2002:\n---\n!e!str 5\n", #""5""#),
        .init("CPZ3", "double quotes that start with a tab", "a: \"\\tx\"\n", #"{"a":"\tx"}"#),
        .init(
            "D83L", "the indentation indicator of a block text", "- |2-\n    one\n   two\n- |1\n two\n",
            #"["  one\n two","two\n"]"#),
        .init("DHP8", "a flow list", "[a, b, 42]\n", #"["a","b",42]"#),
        .init("F2C7", "anchors and tags together", "- &a !!str 1\n- !!int &b 2\n- *a\n- *b\n", #"["1",2,"1",2]"#),
        .init("FQ7F", "a list of texts", "- disk\n- nas\n", #"["disk","nas"]"#),
        .init(
            "G4RS", "escapes in double quotes", #""\u263A \x0d\x0a \U0001F600 \t\b\e\/\_""# + "\n",
            #""☺ \r\n 😀 \t\b\u001b/\u00a0""#),
        .init(
            "HMK4", "literal and folded side by side", "a: >\n  one\n  two\nb: |\n  one\n  two\n",
            #"{"a":"one two\n","b":"one\ntwo\n"}"#),
        .init("J5UC", "several pairs", "a: 1\nb: 2\nc: 3\n", #"{"a":1,"b":2,"c":3}"#),
        .init("J7PZ", "an ordered list without a tag", "- a: 1\n- b: 2\n", #"[{"a":1},{"b":2}]"#),
        .init("P94K", "comments above and behind", "# top\n- a # first\n# between\n- b\n", #"["a","b"]"#),
        .init("K858", "an empty block text", "a: |\n\nb: >-\n", #"{"a":"","b":""}"#),
        .init("L94M", "tags on keys", "? !!str a\n: !!int 47\n", #"{"a":47}"#),
        .init(
            "M29M", "a literal at the end of a file", "a: |\n ab\n \n cd\n ef\n \n\n...\n", #"{"a":"ab\n\ncd\nef\n"}"#),
        .init(
            "NAT4", "quoted texts with nothing but line breaks", "a: '\n  '\nb: \"\n\n  \"\n", #"{"a":" ","b":"\n"}"#),
        .init(
            "P2AD", "headers of block texts", "- | # a comment\n literal\n- >1 # another\n folded\n",
            #"["literal\n","folded\n"]"#),
        .init("PRH3", "a single-quoted text over lines", "' one\n\n  two \n\tthree '\n", #"" one\ntwo three ""#),
        .init("Q8AD", "an escaped line break", "\"folded \\\n  text\"\n", #""folded text""#),
        .init("RTP8", "a document with directive and end", "%YAML 1.2\n---\na: b\n... # end\n", #"{"a":"b"}"#),
        .init(
            "6SLA", "keys in quotes and with spaces", "\"a key\": 1\n'b': 2\nkey with spaces: 3\n",
            #"{"a key":1,"b":2,"key with spaces":3}"#),
        .init("S4T7", "a document end", "a: 1\n...\n", #"{"a":1}"#),
        .init("SBG9", "a flow list in a flow mapping", "{a: [b, c], d: [e, f]}\n", #"{"a":["b","c"],"d":["e","f"]}"#),
        .init("SR86", "an alias of a scalar", "a: &x 1\nb: *x\n", #"{"a":1,"b":1}"#),
        .init(
            "FBC9", "a line of dashes and colons", "a: 2:30\nb: -\u{2D}x\nc: a:b\n",
            #"{"a":"2:30","b":"--x","c":"a:b"}"#),
        .init("UGM3", "anchors of mappings", "a: &id { b: 1 }\nc: *id\n", #"{"a":{"b":1},"c":{"b":1}}"#),
        .init("W42U", "block lists with empty items", "-\n- a\n-\n", #"[null,"a",null]"#),
        .init("XLQ9", "a text that looks like a directive", "---\nscalar\n%YAML 1.2\n", #""scalar %YAML 1.2""#),
        .init("ZF4X", "mappings in flow in a mapping", "a: {\n  b: 1,\n  c: 2\n }\n", #"{"a":{"b":1,"c":2}}"#),
        .init("ZH7C", "anchors on keys", "&a a: b\nc: *a\n", #"{"a":"b","c":"a"}"#),
        .init(
            "10.3.2", "the core schema",
            "[null, ~, true, False, 0o14, 0x1F, -7, +3, 1.5, .5, 1e3, 0755, yes, 12:30, 1_000]\n",
            #"[null,null,true,false,12,31,-7,3,1.5,0.5,1000.0,755,"yes","12:30","1_000"]"#),
    ]

    @Test("a file means what YAML says", arguments: cases)
    func meaning(_ file: Case) throws {
        let document = YAMLDocument(parsing: try SourceText(utf8: Array(file.yaml.utf8)))
        #expect(document.problems == [])
        let expected = try JSONSerialization.jsonObject(with: Data(file.json.utf8), options: .fragmentsAllowed)
        #expect(Comparison.isEqual(document.root, expected), "\(String(describing: document.root))")
    }

    @Test(
        "what no configuration may contain is refused",
        arguments: [
            ("2G84", "a block text with an indicator of 0", "--- |0\n"),
            ("236B", "a value after a mapping", "a:\n  b: c\n text\n"),
            ("4EJS", "tabs as indentation", "a:\n\tb: c\n"),
            ("5LLU", "a block text that is less indented than its first line", "a: >\n\n   \n  one\n"),
            ("6S55", "an item that ends a list badly", "key:\n - a\n - b\n wrong\n"),
            ("9KBC", "a mapping on the line of a document start", "--- a: b\n  c: d\n x\n"),
            ("CXX2", "an anchor on a mapping on the line of a start", "--- &x a: b\n c\n"),
            ("D49Q", "a single-quoted key over lines", "'a\n b': c\n"),
            ("EW3V", "wrong indentation of a mapping", "a: b\n c: d\n"),
            ("GT5M", "an anchor without a value before an item", "- a\n&x\n- b\n"),
            ("HRE5", "an unknown escape", "\"\\'\"\n"),
            ("JKF3", "quoted keys over lines in a list", "- - \"a\n  b\": x\n"),
            ("LHL4", "a tag with a brace", "--- !a{}b x\n"),
            ("N782", "a document start within flow", "[\n--- ,\n...\n]\n"),
            ("Q4CL", "text after a quoted value", "a: \"b\" c\n"),
            ("SF5V", "two directives of one kind", "%YAML 1.2\n%YAML 1.2\n---\n"),
            ("SR86b", "an anchor on an alias", "a: &x 1\nb: &y *x\n"),
            ("SU74", "an anchor on an alias that is a key", "a: &x b\n&y *x : c\n"),
            ("T833", "a flow mapping without a comma", "{ a: 1\n b: 2 }\n"),
            ("TD5N", "a scalar after a list", "- a\n- b\ntext\n"),
            ("X4QWb", "text on the line of a block text", "a: > text\n  b\n"),
            ("ZCZ6", "a mapping in a plain value", "a: b: c: d\n"),
            ("ZL4Z", "two values in one line", "a: 'b': c\n"),
        ])
    func refusal(_ id: String, _ feature: String, _ yaml: String) throws {
        let document = YAMLDocument(parsing: try SourceText(utf8: Array(yaml.utf8)))
        #expect(!document.problems.isEmpty, "\(id): \(feature)")
    }
}

/// Trees beside JSON as Foundation reads it.
enum Comparison {
    static func isEqual(_ node: Node?, _ json: Any) -> Bool {
        guard let node else { return json is NSNull }
        switch node.content {
        case .mapping(let entries):
            guard let object = json as? [String: Any], object.count == entries.count else { return false }
            return entries.allSatisfy { entry in object[entry.key].map { isEqual(entry.value, $0) } ?? false }
        case .sequence(let items):
            guard let list = json as? [Any], list.count == items.count else { return false }
            return zip(items, list).allSatisfy { isEqual($0, $1) }
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return json is NSNull
            case .string(let text): return json as? String == text
            case .boolean(let value): return (json as? NSNumber).map { isBoolean($0) && $0.boolValue == value } ?? false
            case .integer(let value):
                return (json as? NSNumber).map { !isBoolean($0) && $0.int64Value == value } ?? false
            case .float(let value):
                return (json as? NSNumber).map { !isBoolean($0) && $0.doubleValue == value } ?? false
            }
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
