/// Puts libyaml's complaints into words that help.
enum SyntaxAdvice {
    static func problem(_ text: String, at index: Int, in source: SourceText, notes: [String]) -> YAMLProblem {
        let character = source.characters.indices.contains(index) ? source.characters[index] : nil
        let range = source.range(index, index + (character == nil || character == "\n" ? 0 : 1))
        var message = text
        if text == "found character that cannot start any token", let character {
            message = "found character \(quoted(character)) that cannot start any token"
        }
        let advice = SlipSearch(source, range.start).advice(for: text) ?? help(text, character)
        return YAMLProblem(.syntax, message, at: range, notes: notes, help: advice.map { [$0] } ?? [])
    }

    /// A character that no YAML file may hold.
    static func controlCharacter(at range: SourceRange, in source: SourceText) -> YAMLProblem {
        let value =
            source.characters.indices.contains(range.start.index) ? source.characters[range.start.index].value : 0
        let code = String(value, radix: 16, uppercase: true)
        let number = String(repeating: "0", count: max(0, 4 - code.count)) + code
        return YAMLProblem(
            .syntax, "the control character U+\(number) is not allowed in YAML", at: range,
            notes: value == 0 ? ["a file in UTF-16 or UTF-32 holds such characters between all others"] : [],
            help: value == 0 ? ["save the file as UTF-8"] : ["remove it, or write it as an escape in double quotes"])
    }

    /// `*` or `&` before something that cannot be the name of an anchor.
    static func badName(_ context: String, _ start: Int, _ end: Int, in source: SourceText) -> YAMLProblem? {
        let sign: String
        switch context {
        case "while scanning an alias": sign = "*"
        case "while scanning an anchor": sign = "&"
        default: return nil
        }
        return YAMLProblem(
            .syntax, "`\(sign)` begins the name of an anchor, which has letters, digits, `-` and `_` only",
            at: source.range(start, max(end, start + 1)), help: ["put a text that begins with `\(sign)` in quotes"])
    }

    private static func quoted(_ character: Unicode.Scalar) -> String {
        character == "\t" ? #"'\t'"# : "'\(character)'"
    }

    private static func help(_ problem: String, _ character: Unicode.Scalar?) -> String? {
        switch problem {
        case "found character that cannot start any token":
            character == "\t" ? "indent with spaces; YAML does not allow tabs there" : "put the value in quotes"
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            "indent with spaces; YAML does not allow tabs there"
        case "mapping values are not allowed in this context":
            "put a value that contains `: ` in quotes, or check the indentation of this line"
        case "did not find expected key", "did not find expected '-' indicator",
            "did not find expected <document start>":
            "check the indentation of this line against the lines above it"
        case "could not find expected ':'":
            "a key is followed by a colon and a space"
        case "found unknown escape character", "did not find expected hexdecimal number":
            "put the value in single quotes to keep its backslashes"
        case "found unexpected end of stream while scanning a quoted scalar":
            "close the quote that is still open"
        case "did not find expected ',' or ']'":
            "separate the items with commas and close the list with `]`"
        case "did not find expected ',' or '}'":
            "separate the keys with commas and close the mapping with `}`"
        case "did not find expected node content":
            "write a value there, or close the bracket or brace that is open"
        case "found duplicate anchor":
            "give each anchor a name of its own"
        case "found incompatible YAML document", "found duplicate %YAML directive":
            "remove the line that begins with `%YAML`"
        default:
            nil
        }
    }
}
