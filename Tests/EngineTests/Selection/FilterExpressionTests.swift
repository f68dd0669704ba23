import Testing

@testable import Engine

@Suite("Filter expressions")
struct FilterExpressionTests {
    static let context = FilterContext(variables: ["HOME": "/home/u"], temporaryFolder: "/tmp")

    @Test(
        "an expression matches the paths that Duplicati's notation says",
        arguments: [
            // Text without wildcards is a complete path.
            Example(
                "/home/u/file", matches: ["/home/u/file"], not: ["/home/u/file/", "/home/u/file2", "/x/home/u/file"]),
            Example("/home/u/", matches: ["/home/u/"], not: ["/home/u", "/home/u/file"]),
            Example("file", matches: ["file"], not: ["/file", "/home/file"]),
            // A star stands for any characters, the slash among them; both ends are anchored.
            Example("*.txt", matches: ["/a.txt", "/a/b/c.txt", ".txt"], not: ["/a.txt/", "/a.txtx", "/a.TXT"]),
            Example("/home/*", matches: ["/home/", "/home/u/a"], not: ["/home", "/x/home/a"]),
            Example("/home/*/cache/*", matches: ["/home/u/cache/x", "/home/a/b/cache/"], not: ["/home/cache/x"]),
            Example(
                "*/.cache/", matches: ["/home/u/.cache/"], not: ["/home/u/.cache", "/home/u/.cache/x", "/.cached/"]),
            Example("*", matches: ["/", "/a", "/a/b/"], not: []),
            Example("**a**", matches: ["/a", "/bab/"], not: ["/b"]),
            Example("*a*b*a*", matches: ["/aba", "/a/b/a/"], not: ["/ab", "/bba"]),
            // Pieces must not overlap.
            Example("/aba*aba", matches: ["/abaaba", "/aba/aba"], not: ["/aba", "/ababa"]),
            Example("*ab*ab", matches: ["/abab"], not: ["/ab", "/aab"]),
            Example("*/", matches: ["/", "/a/", "/a/b/"], not: ["/a", "/a/b"]),
            // A question mark stands for exactly one character, however many bytes it has.
            Example("/a?c", matches: ["/abc", "/a/c", "/aäc", "/a日c", "/a🙂c"], not: ["/ac", "/abbc"]),
            Example("/???", matches: ["/äöü", "/abc"], not: ["/äö", "/abcd"]),
            Example("*?.txt", matches: ["/x.txt", "/a/ü.txt"], not: [".txt"]),
            Example("*/a?/*", matches: ["/x/aß/", "/x/ab/c"], not: ["/x/a/c"]),
            Example("*?ü?*", matches: ["/aüb", "äüö"], not: ["üb", "aü"]),
            Example("*?", matches: ["a", "/ä"], not: []),
            // A newline is a character like any other.
            Example("/a*b", matches: ["/a\nb"], not: []),
            // After @ nothing is special.
            Example("@/home/u/what?*", matches: ["/home/u/what?*"], not: ["/home/u/whatsx", "/home/u/what?*/"]),
            Example("@[x]", matches: ["[x]"], not: ["x"]),
            Example("@{Temp}", matches: ["{Temp}"], not: ["/tmp/"]),
            // Brackets hold a regular expression for the complete path.
            Example(#"[.*\.(jpg|png)]"#, matches: ["/a/b.jpg", "/b.png"], not: ["/b.jpg/", "/b.jpgx", "/bjpg"]),
            Example("[/home/[^/]+/]", matches: ["/home/u/"], not: ["/home/u/x", "/home//"]),
            // Only both brackets make one.
            Example("[abc", matches: ["[abc"], not: ["a"]),
            Example("abc]", matches: ["abc]"], not: ["a"]),
            // Variables are expanded first; unknown ones stay.
            Example("%HOME%/x", matches: ["/home/u/x"], not: ["%HOME%/x"]),
            Example("/50%/%NONE%/%HOME%", matches: ["/50%/%NONE%//home/u"], not: []),
        ])
    func table(_ example: Example) throws {
        let expression = try FilterExpression(example.expression, in: Self.context)
        let filter = FilterSet([FilterRule(.exclude, expression)])
        for path in example.matches { #expect(filter.decide(path).ruleIndex == 0, "\(expression) on \(path)") }
        for path in example.others { #expect(filter.decide(path).ruleIndex == nil, "\(expression) on \(path)") }
    }

    @Test(
        "an argument of find or restore may be shorter than a filter",
        arguments: [
            Example("notes.txt", matches: ["/a/notes.txt", "/notes.txt"], not: ["/a/mynotes.txt", "/a/notes.txt/"]),
            Example("*.txt", matches: ["/a/b.txt"], not: ["/a/b.md"]),
            Example("/home/u/", matches: ["/home/u/", "/home/u/a/b"], not: ["/home/u2/"]),
            Example("/home/u", matches: ["/home/u"], not: ["/home/u/"]),
            Example("@a?b", matches: ["/x/a?b"], not: ["/x/axb", "/xa?b"]),
            Example("@/x/a*", matches: ["/x/a*"], not: ["/x/ab"]),
            Example("[/x/.]", matches: ["/x/y"], not: ["/x/yy"]),
        ])
    func argument(_ example: Example) throws {
        let filter = FilterSet([FilterRule(.include, try FilterExpression(argument: example.expression))])
        for path in example.matches { #expect(filter.decide(path).outcome == .included, "\(path)") }
        for path in example.others { #expect(filter.decide(path).outcome != .included, "\(path)") }
    }

    @Test("an expression needs text", arguments: ["", "@"])
    func empty(_ text: String) {
        #expect(throws: FilterError.empty) { try FilterExpression(text) }
    }

    @Test("a rule in job notation begins with plus or minus")
    func notation() throws {
        #expect(try FilterRule("+*.txt").action == .include)
        #expect(try FilterRule("-*.txt").action == .exclude)
        #expect(try FilterRule("-*.txt").description == "-*.txt")
        #expect(throws: FilterError.missingSign(rule: "*.txt")) { try FilterRule("*.txt") }
        #expect(throws: FilterError.empty) { try FilterRule("") }
        #expect(throws: FilterError.empty) { try FilterRule("-") }
    }

    @Test("a group that does not exist is an error with a suggestion")
    func unknownGroup() {
        let error = #expect(throws: FilterError.self) { try FilterExpression("{CacheFile}") }
        #expect(
            error == .unknownGroup(name: "CacheFile", expression: "{CacheFile}", suggestion: "CacheFiles"))
        #expect(error?.description.contains("Did you mean") == true)
    }
}

/// An expression, paths that it matches, and paths that it does not.
struct Example: Sendable, CustomTestStringConvertible {
    let expression: String
    let matches: [String]
    let others: [String]

    init(_ expression: String, matches: [String], not others: [String]) {
        self.expression = expression
        self.matches = matches
        self.others = others
    }

    var testDescription: String { expression }
}
