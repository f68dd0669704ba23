import Testing
import YAML

@testable import Kubernetes

@Suite("The writer of manifests")
struct ManifestWriterTests {
    private func written(_ value: ManifestValue) -> String {
        var writer = ManifestWriter()
        writer.write(value)
        return writer.text
    }

    @Test("keys keep their order, lists and mappings are blocks")
    func blocks() {
        let text = written([
            "b": 1, "a": true, "none": [], "empty": [:],
            "list": ["x", ["k": "v", "l": ["m"]], [1, 2]],
            "inner": ["deep": ["deeper": "text"]],
        ])
        #expect(
            text == """
                b: 1
                a: true
                none: []
                empty: {}
                list:
                - x
                - k: v
                  l:
                  - m
                -
                  - 1
                  - 2
                inner:
                  deep:
                    deeper: text

                """)
    }

    @Test(
        "a text stays a text, also for readers of old YAML",
        arguments: [
            "", "yes", "NO", "on", "Off", "y", "null", "~", "1", "1.5", "0x1F", "0o17", "1:30", "02:30", "1e3", "- a",
            "# no comment", "a: b", "a #b", "ends:", "'quoted'", "\"quoted\"", "{a}", "[a]", "*alias", "&anchor",
            "!tag",
            "%", "@at", "`tick", " lead", "trail ", "tab\there", "back\\slash", "line\rreturn", "\u{1}", "ü", "日本",
            "\u{FEFF}x", "a\u{85}b", "a\u{2028}b", "😀", "/path", "=", "<<", "2026-11-22", "100m", "$(VAR)",
        ])
    func texts(_ own: String) throws {
        let text = written(["key": .text(own)])
        let scalar = try #require(YAMLDocument(parsing: try SourceText(utf8: Array(text.utf8))).root?["key"]?.scalar)
        #expect(scalar.text == own, "\(text)")
        if text.contains("\"") == false {
            #expect(scalar.value == .string(own), "\(text)")
        }
    }

    @Test(
        "texts of several lines are the same when they are read again",
        arguments: [
            "a\n", "a", "a\nb", "a\n\n", "a\n\n\n", "  indented\nless\n", "\n\nafter\n", "\n", "\n\n", "a\n  \nb\n",
            "trailing  \nblank\n", "\ttab\n", "# comment\nkey: |\n  inner\n", "a\r\nb\r\n", "---\n...\n", " ",
            " \n a\n",
            "é\nü\n", "a\u{7}b\n", "last line without end\n  x",
        ])
    func lines(_ own: String) throws {
        for value in [ManifestValue.mapping([.init("key", .text(own))]), ["a": ["key": .text(own)]]] {
            let text = written(value)
            let root = try #require(YAMLDocument(parsing: try SourceText(utf8: Array(text.utf8))).root)
            #expect((root["a"] ?? root)["key"]?.scalar?.text == own, "\(text)")
        }
    }
}
