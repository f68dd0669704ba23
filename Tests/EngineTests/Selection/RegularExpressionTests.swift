import TestSupport
import Testing

@testable import Engine

@Suite("Regular expressions in filters")
struct RegularExpressionTests {
    @Test(
        "a .NET expression accepts the complete paths that .NET accepts",
        arguments: [
            Example("^/a.*$", matches: ["/a", "/abc"], not: ["x/a"]),
            Example("/a|/b", matches: ["/a", "/b"], not: ["/ab", "/a/b"]),
            Example("^/a|/b$", matches: ["/a", "/b"], not: ["/ax", "x/b"]),
            Example("/a.b", matches: ["/axb", "/a\nb", "/aüb", "/a/b"], not: ["/ab"]),
            Example(#"/\d+\.log"#, matches: ["/1.log", "/123.log"], not: ["/.log", "/1xlog"]),
            Example(#"/\D"#, matches: ["/a"], not: ["/1"]),
            Example(#"/\w+"#, matches: ["/a_1", "/ä"], not: ["/a-b", "/"]),
            Example(#"/\W"#, matches: ["/-"], not: ["/a", "/_"]),
            Example(#"/a\sb"#, matches: ["/a b", "/a\tb", "/a\nb"], not: ["/ab"]),
            Example(#"/\S+"#, matches: ["/ab"], not: ["/a b"]),
            Example(#".*\bfoo\b.*"#, matches: ["/foo", "/a-foo-b"], not: ["/afoo", "/foob"]),
            Example("(?:/a)+", matches: ["/a", "/a/a"], not: ["/"]),
            Example("(?<name>/a)(?'other'b)", matches: ["/ab"], not: ["/a"]),
            Example("/a(?#a comment)b", matches: ["/ab"], not: ["/a"]),
            Example("(?i)/readme", matches: ["/README", "/readme"], not: ["/readm"]),
            // Where an expression begins or ends does not depend on how it is made faster.
            Example(".*", matches: ["/", "/a/b"], not: []),
            Example(".*.*", matches: ["/", "/a/b"], not: []),
            Example(#".*a\.*"#, matches: ["/a", "/a.."], not: ["/ab", "/a.b"]),
            Example(#"/a\\.*"#, matches: [#"/a\"#, #"/a\b"#], not: ["/a", #"x/a\"#]),
            Example(".*a|b.*", matches: ["/a", "b/"], not: ["/b", "a/"]),
            Example("(.*a|b.*)", matches: ["/a", "b/"], not: ["/b", "a/"]),
            Example(".*^/a$.*", matches: ["/a"], not: ["/ab", "x/a"]),
            // On complete paths a lazy quantifier accepts what the greedy one does.
            Example("/.*?/x", matches: ["/a/x", "/a/b/x"], not: ["/x"]),
            Example("/a+?b??c{1,2}?", matches: ["/aac", "/abcc"], not: ["/c", "/abccc"]),
            Example("/a{2}", matches: ["/aa"], not: ["/a", "/aaa"]),
            Example("/a{2,}", matches: ["/aa", "/aaaa"], not: ["/a"]),
            // A brace that begins no quantifier stands for itself.
            Example("/{a}", matches: ["/{a}"], not: ["/a"]),
            Example("/a{,2}", matches: ["/a{,2}"], not: ["/aa"]),
            Example(#"/\{\}\[\]\(\)\.\*\+\?\^\$\|\\"#, matches: [#"/{}[]().*+?^$|\"#], not: ["/"]),
            Example(##"/a\-b\ c\#"##, matches: ["/a-b c#"], not: []),
            Example(#"/\x41\u00e4\t"#, matches: ["/Aä\t"], not: ["/A"]),
            Example("/[abc]", matches: ["/a", "/c"], not: ["/d", "/ab"]),
            Example("/[^abc]", matches: ["/d", "/ü", "//"], not: ["/a", "/"]),
            Example("/[]a]", matches: ["/]", "/a"], not: ["/b"]),
            Example("/[^]a]", matches: ["/b"], not: ["/]", "/a"]),
            Example(#"/[\]\[\\^-]"#, matches: ["/]", "/[", #"/\"#, "/^", "/-"], not: ["/a"]),
            Example("/[-^]", matches: ["/-", "/^"], not: ["/a"]),
            Example(#"/[\^]"#, matches: ["/^"], not: ["/a", #"/\"#]),
            Example("/[a-c-]", matches: ["/b", "/-"], not: ["/d"]),
            Example("/[+--]", matches: ["/+", "/,", "/-"], not: ["/."]),
            Example("/[!-~]", matches: ["/!", "/]", "/[", "/^", "/-", "/~"], not: ["/ ", "/ü"]),
            Example("/[[.]x", matches: ["/[x", "/.x"], not: ["/ax"]),
            Example(#"/[\d_]+"#, matches: ["/1_2"], not: ["/a"]),
            Example(#"/[\w.-]+"#, matches: ["/a-b.c_1"], not: ["/a b"]),
            Example(#"/[\s\S]+"#, matches: ["/a b\n"], not: ["/"]),
            Example(#"/[\Dx1]"#, matches: ["/a", "/x", "/1"], not: ["/2"]),
            Example("/[äö]", matches: ["/ä", "/ö"], not: ["/ü", "/a"]),
            Example("/[а-я]+", matches: ["/привет"], not: ["/abc"]),
            Example(#"/[^\x00-\x7f]+"#, matches: ["/äö"], not: ["/a", "/äa"]),
            Example(#"/[\x00]"#, matches: [], not: ["/a", "/"]),
            Example(#"/\p{L}+"#, matches: ["/aÄ日"], not: ["/1"]),
            Example(#"/\p{Lu}\P{Lu}"#, matches: ["/Ab", "/Äb"], not: ["/ab", "/AB"]),
            Example(#"\A/a\z"#, matches: ["/a"], not: ["/ab"]),
            Example("(/a|)b", matches: ["/ab", "b"], not: ["/a"]),
            // Conditions at the beginning and at the end.
            Example(#"^(?!.*\.(jpg|png)$).*$"#, matches: ["/a.txt", "/jpg"], not: ["/a.jpg", "/b.png"]),
            Example("(?=.*a)(?=.*b).*", matches: ["/ab", "/ba"], not: ["/a", "/b"]),
            Example(#".*(?<!\.txt)$"#, matches: ["/a.md"], not: ["/a.txt"]),
            Example("/a(?<=a)", matches: ["/a"], not: ["/b"]),
        ])
    func table(_ example: Example) throws {
        let filter = FilterSet([FilterRule(.exclude, try FilterExpression("[\(example.expression)]"))])
        for path in example.matches { #expect(filter.decide(path).ruleIndex == 0, "\(path)") }
        for path in example.others { #expect(filter.decide(path).ruleIndex == nil, "\(path)") }
    }

    @Test(
        "what cannot be matched is refused by name",
        arguments: [
            (#"(a)\1"#, "a back-reference"), (#"(?<n>a)\k<n>"#, "a back-reference"),
            ("a(?=b)c", "a look-ahead that is not at the beginning"), ("a(?!b)", "a look-ahead"),
            ("(?<=a)b", "a look-behind that is not at the end"), ("(a(?<!b))", "a look-behind inside of a group"),
            ("(?!a)b|c", "a look-around beside alternatives"), ("(?>a)", "an atomic group (?>…)"),
            ("(?m)a", "the inline option \"m\""), ("a(?i)b", "a group that begins with (?i"),
            (#"\p{Greek}"#, #"the category \p{Greek}"#), (#"\q"#, #"the escape \q"#), (#"\cA"#, #"the escape \c"#),
            ("[a-z-[aeiou]]", "the subtraction of one set from another"),
            (#"[^\D]"#, "a negated class inside of a negated set"),
            (#"[ -\uffff]"#, "a range of more than 1024 characters"), (#"a\x00"#, "the character zero"),
            ("(?(a)b|c)", "a group that begins with (?("),
        ])
    func unsupported(_ pattern: String, _ construct: String) {
        let error = #expect(throws: FilterError.self) { try FilterExpression("[\(pattern)]") }
        guard case .unsupportedConstruct(let named, let expression)? = error else {
            Issue.record("\(pattern) gave \(String(describing: error))")
            return
        }
        #expect(named.hasPrefix(construct), "\(named)")
        #expect(expression == "[\(pattern)]")
    }

    @Test(
        "what is not well formed is refused",
        arguments: [
            "", "(a", "a)", "[a", "*a", "a**", "a*+", "+", "(*a)", "a|*", #"\"#, #"\x4"#, "[z-a]", "(?#x", "a{3,1}",
        ])
    func malformed(_ pattern: String) {
        let error = #expect(throws: FilterError.self) { try FilterExpression("[\(pattern)]") }
        guard case .malformedExpression(let expression, let reason)? = error else {
            Issue.record("\(pattern) gave \(String(describing: error))")
            return
        }
        #expect(expression == "[\(pattern)]")
        #expect(!reason.isEmpty)
    }

    @Test("an expression over sets agrees with their definition", arguments: [UInt64](1...20))
    func sets(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let members = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Unicode.Scalar(UInt8.random(in: 0x21...0x7E, using: &random))
            }
            let isNegated = Bool.random(using: &random)
            let escaped = members.map { "\\x" + hexadecimal($0) }.joined()
            let filter = FilterSet([try FilterRule("-[/[\(isNegated ? "^" : "")\(escaped)]]")])
            for value in UInt8(0x21)...0x7E {
                let expected = members.contains(Unicode.Scalar(value)) != isNegated
                #expect(
                    (filter.decide([0x2F, value]).ruleIndex == 0) == expected, "seed \(seed): \(members) on \(value)")
            }
        }
    }

    private func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let text = String(scalar.value, radix: 16)
        return text.count == 1 ? "0" + text : text
    }
}
