// Groups, look-behinds and quantifiers.
extension RegularExpressionTranslation {
    mutating func skipComment() throws(FilterError) {
        guard let end = scalars[position...].firstIndex(of: ")") else { throw malformed("a comment is not closed") }
        position = end + 1
    }

    /// Reads `(?<=…)` or `(?<!…)` when it stands at the very end; `false` when the group is something else.
    mutating func readTrailingLookBehind(isNested: Bool) throws(FilterError) -> Bool {
        guard startsWith("(?<=") || startsWith("(?<!") else { return false }
        guard !isNested else { throw unsupported("a look-behind inside of a group") }
        let isNegated = peek(3) == "!"
        position += 4
        let inner = try translate(isNested: true)
        try close()
        let rest = scalars[position...]
        guard rest.isEmpty || rest.elementsEqual("$".unicodeScalars) else {
            throw unsupported("a look-behind that is not at the end")
        }
        conditions.append(Condition(posix: "(\(inner.posix))$", isNegated: isNegated))
        return true
    }

    /// Reads the beginning of a group, up to its content.
    mutating func openGroup() throws(FilterError) {
        position += 1
        guard peek() == "?" else { return }
        switch (peek(1), peek(2)) {
        case (":", _):
            position += 2
        case ("=", _), ("!", _):
            throw unsupported("a look-ahead that is not at the beginning")
        case (">", _):
            throw unsupported("an atomic group (?>…)")
        case ("<", _), ("'", _):
            let end: Unicode.Scalar = peek(1) == "<" ? ">" : "'"
            let nameStart = position + 2
            guard let nameEnd = scalars[nameStart...].firstIndex(of: end), nameEnd > nameStart,
                scalars[nameStart..<nameEnd].allSatisfy({ $0 == "_" || $0.properties.isAlphabetic || $0.isDigit })
            else { throw unsupported("a group that begins with (?\(peek(1).map(String.init) ?? "")") }
            position = nameEnd + 1
        default:
            throw unsupported("a group that begins with (?\(peek(1).map(String.init) ?? "")")
        }
    }

    /// Reads a quantifier; `nil` when a `{` begins none and therefore stands for itself.
    mutating func readQuantifier() throws(FilterError) -> String? {
        guard let first = peek() else { return nil }
        var quantifier = String(first)
        var length = 1
        if first == "{" {
            guard let end = scalars[position...].firstIndex(of: "}") else { return nil }
            let inner = scalars[position + 1..<end]
            let numbers = inner.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            guard let lower = numbers.first, !lower.isEmpty,
                numbers.allSatisfy({ $0.allSatisfy(\.isDigit) })
            else { return nil }
            quantifier = "{" + String(String.UnicodeScalarView(inner)) + "}"
            length = end + 1 - position
        }
        position += length
        if peek() == "?" { position += 1 }
        if let next = peek(), "*+?".unicodeScalars.contains(next) {
            throw malformed("two quantifiers follow each other")
        }
        return quantifier
    }
}
