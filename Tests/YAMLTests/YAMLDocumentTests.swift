import TestSupport
import Testing

@testable import YAML

@Suite struct YAMLDocumentTests {
    private func parse(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> YAMLDocument {
        YAMLDocument(parsing: try SourceText(utf8: Array(text.utf8)), limits: limits)
    }

    private func place(_ range: SourceRange?) -> String {
        guard let range else { return "nowhere" }
        return "\(range.start.line):\(range.start.column)-\(range.end.line):\(range.end.column)"
    }

    @Test("every value knows the characters it is written with")
    func marks() throws {
        let document = try parse(
            """
            plain: word two  # comment
            'single': 'it''s'
            flow: { a: [x, "y z"], ü: 日本 }
            anchored: &name !!str value
            block: |
              text
            list:
              - one
              - two
            """)
        let root = try #require(document.root)
        #expect(document.problems == [])
        #expect(place(root["plain"]?.range) == "1:8-1:16")
        #expect(place(root.entries?[1].keyRange) == "2:1-2:9")
        #expect(place(root["single"]?.range) == "2:11-2:18")
        #expect(root["single"]?.scalar?.text == "it's")
        #expect(place(root["flow"]?.range) == "3:7-3:31")
        #expect(place(root["flow"]?["a"]?.range) == "3:12-3:22")
        #expect(place(root["flow"]?["a"]?.items?[1].range) == "3:16-3:21")
        #expect(place(root["flow"]?["ü"]?.range) == "3:27-3:29")
        #expect(place(root["anchored"]?.range) == "4:23-4:28")
        #expect(root["anchored"]?.scalar?.text == "value")
        #expect(place(root["block"]?.range) == "5:8-7:1")
        #expect(place(root["list"]?.range) == "8:3-9:8")
        #expect(root["list"]?.isFlow == false && root["flow"]?.isFlow == true)
    }

    @Test("lines are counted as editors count them", arguments: ["\n", "\r\n", "\r"])
    func lineEndings(_ end: String) throws {
        let root = try #require(try parse("a: 1\(end)# \u{2028} \u{85}é\(end)b: 2\(end)").root)
        #expect(place(root["b"]?.range) == "3:4-3:5")
    }

    @Test("what only YAML 1.1 takes for a line break is a character of the value")
    func oldLineBreaks() throws {
        let root = try #require(try parse("a: x\u{2028}y\nb: \"\u{85}\u{2029}\u{E000}\"\n").root)
        #expect(root["a"]?.scalar?.text == "x\u{2028}y")
        #expect(root["b"]?.scalar?.text == "\u{85}\u{2029}\u{E000}")
    }

    @Test("a byte order mark is not a character")
    func byteOrderMark() throws {
        let source = try SourceText(utf8: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8))
        #expect(place(YAMLDocument(parsing: source).root?["a"]?.range) == "1:4-1:5")
    }

    @Test("an alias stands for its anchor's value and remembers where it stands")
    func alias() throws {
        let root = try #require(try parse("a: &x [1, 2]\nb: *x\n").root)
        let alias = try #require(root["b"])
        #expect(alias.items?.count == 2)
        #expect(place(alias.range) == "1:7-1:13")
        #expect(place(alias.alias) == "2:4-2:6")
        #expect(root["a"]?.alias == nil)
    }

    @Test("an anchor can be given again, and then means the newer value")
    func anchorAgain() throws {
        let root = try #require(try parse("a: &x 1\nb: &x 2\nc: *x\n").root)
        #expect(root["c"]?.scalar?.text == "2")
    }

    @Test("a merge key adds what is not there, the earlier mapping first")
    func merge() throws {
        let document = try parse(
            "a: &a { x: 1, y: 1 }\nb: &b { x: 2, z: 2 }\nc: { <<: [*a, *b], y: 3 }\nd: { <<: *b, w: 4 }\n")
        let root = try #require(document.root)
        #expect(document.problems == [])
        #expect(root["c"]?.entries?.map { "\($0.key)\($0.value.scalar?.text ?? "")" } == ["y3", "x1", "z2"])
        #expect(root["d"]?.entries?.map { $0.key } == ["w", "x", "z"])
    }

    @Test("a quoted merge key is a key like any other")
    func quotedMerge() throws {
        #expect(try parse("a: { '<<': 1 }").root?["a"]?["<<"]?.scalar?.text == "1")
    }

    @Test("a duplicate key is a problem at the second place, and the first value stays")
    func duplicates() throws {
        let document = try parse("a: 1\nb: { c: 1, 'c': 2 }\na: 3\n")
        #expect(
            document.problems.map { "\($0.message) at \(place($0.range))" } == [
                "duplicate key `c` at 2:12-2:15", "duplicate key `a` at 3:1-3:2",
            ])
        #expect(document.root?["a"]?.scalar?.text == "1")
        #expect(document.root?["b"]?["c"]?.scalar?.text == "1")
    }

    @Test("aliases of aliases run into the limit before they fill the memory")
    func billionLaughs() throws {
        var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            text += "l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let document = try parse(text)
        #expect(document.root == nil)
        #expect(document.problems.map { $0.kind } == [.limit])
    }

    @Test("nesting stops at the limit, in flow and in block style")
    func depth() throws {
        let flow = try parse(String(repeating: "[", count: 100_000))
        #expect(flow.problems.first?.kind == .limit)
        var block = ""
        for level in 0..<100 { block += String(repeating: " ", count: level) + "a:\n" }
        #expect(try parse(block).problems.first?.kind == .limit)
        let fits = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        #expect(try parse(fits).problems == [])
    }

    @Test("a text above the limit is refused before it is parsed")
    func length() throws {
        let document = try parse("a: 12345", limits: YAMLLimits(characters: 7))
        #expect(document.root == nil && document.problems.map { $0.kind } == [.limit])
    }

    @Test("tags of the core schema are honoured, others are problems")
    func tags() throws {
        let root = try #require(try parse("a: !!str 12\nb: !!int \"12\"\nc: ! 12\nd: !!float 1\ne: !!seq [1]\n").root)
        #expect(root["a"]?.scalar?.value == .string("12"))
        #expect(root["b"]?.scalar?.value == .integer(12))
        #expect(root["c"]?.scalar?.value == .string("12"))
        #expect(root["d"]?.scalar?.value == .float(1))
        for bad in [
            "a: !mine 1", "a: !!bool 12", "a: !!python/object:os.system [x]", "a: !!map [1]", "a: !!set {b, c}",
        ] {
            #expect(try parse(bad).problems.map { $0.kind } == [.tag], "\(bad)")
        }
    }

    @Test(
        "an empty text has no tree and no problem", arguments: ["", "# comment\n", "\n\n", "---\n", "--- # c\n...\n"])
    func empty(_ text: String) throws {
        let document = try parse(text)
        #expect(document.problems == [])
        #expect(document.root == nil || document.root?.scalar?.value == .null)
    }

    @Test("bytes that are not UTF-8 are refused with their place")
    func encoding() {
        let error = #expect(throws: InvalidEncoding.self) { try SourceText(utf8: Array("a: é\nb: ".utf8) + [0xFF]) }
        #expect(error?.mark == Mark(index: 8, line: 2, column: 4))
    }

    @Test("random damage to a document never crashes the reader")
    func damage() throws {
        let original = Array(
            "a: &x { b: [1, 'two', \"thr\\u0065e\"], <<: &y { c: ~ } }\nd: |\n  é日\n? e\n: *x\n---\n".utf8)
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(original[Int.random(in: original.indices, using: &generator)], at: index)
                }
            }
            guard let source = try? SourceText(utf8: bytes) else { continue }
            let document = YAMLDocument(parsing: source)
            for problem in document.problems {
                #expect(problem.range.end.index <= source.characters.count, "seed \(seed)")
            }
        }
    }
}
