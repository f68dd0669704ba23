/// Puts libyaml's complaints into words that help.
enum SyntaxAdvice {
    static func problem(_ text: String, at index: Int, in source: SourceText, notes: [String]) -> YAMLProblem {
        let character = source.characters.indices.contains(index) ? source.characters[index] : nil
        let range = source.range(index, index + (character == nil || character == "\n" ? 0 : 1))
        var message = text
        if text == "found character that cannot start any token", let character {
            message = "found character \(quoted(character)) that cannot start any token"
        }
        var advice = help(text, character)
        let line = source.line(range.start.line)
        if text.hasPrefix("did not find expected ','"), source.text(line.lowerBound..<range.end.index).contains("${") {
            advice = "put a value with `${…}` in quotes between braces and brackets"
        }
        return YAMLProblem(.syntax, message, at: range, notes: notes, help: advice.map { [$0] } ?? [])
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
        case "found unknown escape character":
            "put the value in single quotes to keep its backslashes"
        case "found unexpected end of stream while scanning a quoted scalar":
            "close the quote that is still open"
        case "did not find expected ',' or ']'":
            "separate the items with commas and close the list with `]`"
        case "did not find expected ',' or '}'":
            "separate the keys with commas and close the mapping with `}`"
        case "found duplicate anchor":
            "give each anchor a name of its own"
        default:
            nil
        }
    }
}
