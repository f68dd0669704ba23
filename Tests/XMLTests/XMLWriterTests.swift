import TestSupport
import Testing
import XML

@Suite struct XMLWriterTests {
    @Test("a request's body is the text that servers expect")
    func body() throws {
        let bytes = try XMLWriter.document("Delete", namespace: "http://s3.amazonaws.com/doc/2006-03-01/") {
            writer throws(XMLError) in
            try writer.element("Quiet", "true")
            for key in ["a/b", "<&>"] {
                try writer.element("Object") { writer throws(XMLError) in try writer.element("Key", key) }
            }
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
                + "<Quiet>true</Quiet><Object><Key>a/b</Key></Object><Object><Key>&lt;&amp;&gt;</Key></Object></Delete>"
        )
    }

    @Test("every text that can be carried is read as it was written, and the others are refused by their character")
    func roundTrip() throws {
        var generator = SeededGenerator.printed("XML texts")
        let parts = [
            "&", "<", ">", "]]>", "\"", "'", "\r", "\n", "\r\n", "\t", " ", "é", "e\u{301}", "🔒", "\u{85}",
            "\u{2028}", "\u{7F}", "\u{FFFD}", "\u{10FFFF}", "&amp;", "a",
        ]
        for _ in 0..<2000 {
            let text = generator.text(from: parts, upTo: 12)
            #expect(XMLWriter.canCarry(text))
            let bytes = try XMLWriter.document("a", namespace: text) { writer throws(XMLError) in
                try writer.element("b", text)
            }
            #expect(Array(try XMLElement(parsing: bytes).text("b")?.utf8 ?? "".utf8) == Array(text.utf8))
        }
        for scalar in ["\u{0}", "\u{1}", "\u{8}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] as [Unicode.Scalar] {
            #expect(!XMLWriter.canCarry("a\(scalar)"))
            #expect(throws: XMLError.unwritable(scalar.value)) {
                try XMLWriter.document("a") { writer throws(XMLError) in try writer.element("b", "x\(scalar)y") }
            }
        }
    }
}
