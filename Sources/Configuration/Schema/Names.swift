internal import Support

/// The rules for names that people choose.
enum Names {
    static let rule =
        "a name has lower-case letters, digits, `-`, `_` and `.`, at most 63, and begins with a letter or digit"
    static let secretRule = "a secret's name has letters, digits, `-` and `_`, and begins with a letter or digit"

    /// Whether a job, destination or report may have the name.
    ///
    /// All characters are safe in a URL and in a file name.
    static func isName(_ text: String) -> Bool {
        matches(text) { ("a"..."z").contains($0) || "-_.".unicodeScalars.contains($0) }
    }

    static func isSecretName(_ text: String) -> Bool {
        matches(text) { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || "-_".unicodeScalars.contains($0) }
    }

    static func isVariableName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return matches(text.replacing("_", with: "a")) { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    }

    /// Whether a text is a key as this language writes them.
    static func isKey(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return matches(text) { ("a"..."z").contains($0) || $0 == "_" }
    }

    /// Whether a text can name a header of HTTP.
    static func isHeader(_ text: String) -> Bool {
        matches(text) { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "-" }
    }

    private static func matches(_ text: String, _ isAllowed: (Unicode.Scalar) -> Bool) -> Bool {
        guard let first = text.unicodeScalars.first, text.unicodeScalars.count <= 63 else { return false }
        guard !"-_.".unicodeScalars.contains(first) else { return false }
        return text.unicodeScalars.allSatisfy { isAllowed($0) || ("0"..."9").contains($0) }
    }

    /// The candidate that was probably meant; none for a text far longer than any name.
    static func similar(to text: String, among candidates: some Sequence<String>) -> String? {
        text.utf8.count > 128 ? nil : EditDistance.suggestion(for: text, among: candidates)
    }

    /// The name in the style of our keys: `catchUp` and `catch-up` become `catch_up`.
    static func snakeCase(_ text: String) -> String {
        var result = ""
        var afterLowerCase = false
        for character in text {
            if character.isUppercase, afterLowerCase { result += "_" }
            afterLowerCase = character.isLowercase || character.isNumber
            result += character == "-" ? "_" : character.lowercased()
        }
        return result
    }
}
