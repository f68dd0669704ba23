import TestSupport
import Testing

@testable import XML

@Suite struct XMLReaderTests {
    private func parse(_ text: String, limit: Int = 1 << 20) throws(XMLError) -> XMLElement {
        try XMLElement(parsing: Array(text.utf8), limit: limit)
    }

    @Test("an error's answer is read with its words, with and without a namespace or a prefix")
    func errors() throws {
        for text in [
            "<Error><Code>NoSuchKey</Code><Message>it&apos;s &lt;gone&gt; &#x1F512;</Message></Error>",
            "<?xml version='1.0'?>\n<Error xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><Code>NoSuchKey</Code>"
                + "<Message>it's <![CDATA[<gone>]]> \u{1F512}</Message></Error>\n",
            "<a:Error xmlns:a='urn:x'><a:Code b:c='d' xmlns:b='e'>NoSuchKey</a:Code><!-- no --><?pi no?>"
                + "<a:Message>it's &lt;gone> 🔒</a:Message></a:Error>",
        ] {
            let error = try parse(text)
            #expect(error.name == "Error" && error.children.map(\.name) == ["Code", "Message"])
            #expect(error.text("Code") == "NoSuchKey" && error.text("Message") == "it's <gone> 🔒")
        }
    }

    @Test("paths, repeated elements and depth-first search find what they should, and nil is nothing, not empty")
    func finding() throws {
        let list = try parse("<L>\n  <C><K>a</K></C>\n  <C><K>b</K><E/></C>\n  <N>x</N></L>")
        #expect(list.all("C").compactMap { $0.text("K") } == ["a", "b"] && list.first("C")?.text("K") == "a")
        #expect(list.text("C", "K") == "a" && list.text("C", "E") == nil && list.text == "")
        #expect(list.anywhere("E")?.text == "" && list.anywhere("L") == list && list.anywhere("Z") == nil)
        #expect(try parse("<K> a\tb </K>").text == " a\tb ")
    }

    @Test("blanks before the declaration, as servers send them to stay connected, are no fault, and lines are counted")
    func keepAlive() throws {
        #expect(try parse("\n\n  \r\n<?xml version=\"1.0\"?>\n\n<R/>").name == "R")
        #expect(throws: XMLError.malformed(line: 4, "mismatched tag")) {
            try parse("\n\n<?xml version='1.0'?>\n<a></b>")
        }
    }

    @Test("other encodings than UTF-8 are read as declared, and bytes that are none are refused")
    func encodings() throws {
        #expect(
            try XMLElement(
                parsing: Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xFC, 0x3C, 0x2F, 0x61, 0x3E]
            ).text == "ü")
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in "<a>ü</a>".utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(try XMLElement(parsing: wide).text == "ü")
        #expect(throws: XMLError.self) { try XMLElement(parsing: Array("<a>".utf8) + [0xFC] + Array("</a>".utf8)) }
        #expect(throws: XMLError.self) { try parse("<?xml version='1.0' encoding='Klingon'?><a/>") }
    }

    @Test(
        "what is no whole document is malformed, with its line",
        arguments: [
            ("", 1), ("   \n", 1), ("<a>", 1), ("<a>\n<b>\n</a>", 3), ("<a/>\n<b/>", 2), ("<a/>x", 1),
            ("{\"a\": 1}", 1),
            ("<html><br></html>", 1), ("<a>&nbsp;</a>", 1), ("<a>\n&#1;</a>", 2), ("<a>\u{1}</a>", 1), ("<a b=c/>", 1),
            ("<a>\n\n&bomb;</a>", 3), ("<a", 1), ("<a>&#xD800;</a>", 1),
        ])
    func malformed(_ text: String, _ line: Int) {
        let error = #expect(throws: XMLError.self) { try parse(text) }
        guard case .malformed(let found, let rule) = error else {
            Issue.record("\(text) gave \(String(describing: error))")
            return
        }
        #expect(found >= line && found <= line + 1 && !rule.isEmpty, "\(text): line \(found)")
    }

    @Test("document types are refused before they define or fetch anything")
    func documentTypes() {
        let laughs = (1...9).map { "<!ENTITY l\($0) '\(String(repeating: "&l\($0 - 1);", count: 10))'>" }.joined()
        for text in [
            "<!DOCTYPE html><html/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY l0 'ha'>\(laughs)]><a>&l9;</a>",
        ] {
            #expect(throws: XMLError.documentType(line: 1)) { try parse(text) }
        }
    }

    @Test("depth, kept bytes and markup that never ends have limits")
    func limits() throws {
        let deep = String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40)
        #expect(throws: XMLError.tooDeep(line: 1, limit: 32)) { try parse(deep) }
        let million = String(repeating: "<a>", count: 1_000_000)
        #expect(throws: XMLError.tooDeep(line: 1, limit: 32)) { try parse(million) }
        #expect(throws: XMLError.tooLarge(line: 1, limit: 1000)) {
            try parse("<a>\(String(repeating: "x", count: 2000))</a>", limit: 1000)
        }
        #expect(throws: XMLError.tooLarge(line: 1, limit: 1000)) {
            try parse("<a>\(String(repeating: "<b/>", count: 200))</a>", limit: 1000)
        }
        let reader = XMLReader(limits: XMLLimits(kept: 1 << 20))
        try reader.read(Array("<a b='".utf8))
        let piece = [UInt8](repeating: 0x78, count: 64 << 10)
        #expect(throws: XMLError.tooLarge(line: 1, limit: 1 << 20)) {
            for _ in 0..<64 { try reader.read(piece) }
        }
        #expect(throws: XMLError.tooLarge(line: 1, limit: 1 << 20)) { try reader.finish() }
    }

    @Test("a listing's elements come out one by one, however it is cut, and the rest is there at the end")
    func streaming() throws {
        var generator = SeededGenerator.printed("XML in pieces")
        var text = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><Name>b</Name><IsTruncated>true</IsTruncated>"
        for number in 0..<300 {
            text += "<Contents><Key>k&amp;\(number)é</Key><Owner><Contents>no</Contents></Owner></Contents>"
            if number % 50 == 0 { text += "<CommonPrefixes><Prefix>p\(number)/</Prefix></CommonPrefixes>\n" }
        }
        text += "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
        let bytes = Array(text.utf8)
        for largest in [1, 7, 200, bytes.count] {
            var keys: [String] = []
            var prefixes: [String] = []
            let reader = XMLReader(handingOut: ["Contents", "CommonPrefixes"], limits: XMLLimits(kept: 2000)) {
                element in
                if let key = element.text("Key") { keys.append(key) }
                if let prefix = element.text("Prefix") { prefixes.append(prefix) }
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...largest, using: &generator))
                try reader.read(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            let root = try reader.finish()
            #expect(reader.rootName == "ListBucketResult")
            #expect(keys == (0..<300).map { "k&\($0)é" } && prefixes.count == 6)
            #expect(root.children.map(\.name) == ["Name", "IsTruncated", "NextContinuationToken"])
        }
    }

    @Test("random damage is refused or read, and never more than that")
    func damage() {
        var generator = SeededGenerator.printed("damaged XML")
        let whole = Array("<?xml version='1.0'?><a x='1'><b>&lt;t&#65;</b><![CDATA[x]]><!-- c --><c/></a>".utf8)
        var good = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: whole.suffix(Int.random(in: 0..<20, using: &generator)), at: place)
                }
            }
            if let element = try? XMLElement(parsing: bytes, limit: 4096) {
                #expect(!element.name.isEmpty)
                good += 1
            }
        }
        #expect(good > 0 && good < 20_000)
    }
}
