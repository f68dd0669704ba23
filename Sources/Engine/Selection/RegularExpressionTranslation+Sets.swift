// Escapes and sets of characters.
extension RegularExpressionTranslation {
    /// Translates a backslash and what follows it, outside of a set.
    mutating func translateEscape() throws(FilterError) -> (posix: String, isAnchor: Bool) {
        guard let scalar = peek(1) else { throw malformed("it ends with a backslash") }
        switch scalar {
        case "b", "B":
            position += 2
            return ("\\\(scalar)", true)
        case "A":
            position += 2
            return ("^", true)
        case "z", "Z":
            position += 2
            return ("$", true)
        case "1"..."9", "k":
            throw unsupported("a back-reference")
        default:
            var set = CharacterSetTranslation()
            switch try readEscape() {
            case .literal(let literal):
                guard literal != "\0" else { throw unsupported("the character zero, which no path contains") }
                return (Self.literal(literal), false)
            case .shorthand(let shorthand, let isNegated):
                set.insert(shorthand)
                return (set.posix(isNegated: isNegated), false)
            }
        }
    }

    enum Escape {
        case literal(Unicode.Scalar)
        case shorthand(CharacterSetTranslation.Shorthand, isNegated: Bool)
    }

    /// Reads an escape that stands for a character or a class of them.
    mutating func readEscape() throws(FilterError) -> Escape {
        guard let scalar = peek(1) else { throw malformed("it ends with a backslash") }
        position += 2
        switch scalar {
        case "d": return .shorthand(.digit, isNegated: false)
        case "D": return .shorthand(.digit, isNegated: true)
        case "w": return .shorthand(.word, isNegated: false)
        case "W": return .shorthand(.word, isNegated: true)
        case "s": return .shorthand(.space, isNegated: false)
        case "S": return .shorthand(.space, isNegated: true)
        case "p", "P": return .shorthand(try readCategory(), isNegated: scalar == "P")
        case "t": return .literal("\t")
        case "n": return .literal("\n")
        case "r": return .literal("\r")
        case "f": return .literal("\u{0C}")
        case "v": return .literal("\u{0B}")
        case "a": return .literal("\u{07}")
        case "e": return .literal("\u{1B}")
        case "x": return .literal(try readHexadecimal(digits: 2))
        case "u": return .literal(try readHexadecimal(digits: 4))
        default:
            guard !scalar.properties.isAlphabetic, !scalar.isDigit else { throw unsupported("the escape \\\(scalar)") }
            return .literal(scalar)
        }
    }

    mutating func readHexadecimal(digits: Int) throws(FilterError) -> Unicode.Scalar {
        guard position + digits <= scalars.count,
            let value = UInt32(
                String(String.UnicodeScalarView(scalars[position..<position + digits])), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw malformed("\\x needs two and \\u four hexadecimal digits of a character") }
        position += digits
        return scalar
    }

    mutating func readCategory() throws(FilterError) -> CharacterSetTranslation.Shorthand {
        guard peek() == "{", let end = scalars[position...].firstIndex(of: "}") else {
            throw malformed("\\p needs a category in braces")
        }
        let name = String(String.UnicodeScalarView(scalars[position + 1..<end]))
        position = end + 1
        switch name {
        case "L": return .letter
        case "Lu": return .upper
        case "Ll": return .lower
        case "N", "Nd": return .digit
        default: throw unsupported("the category \\p{\(name)}")
        }
    }

    /// Translates `[…]`.
    mutating func translateSet() throws(FilterError) -> String {
        position += 1
        let isNegated = peek() == "^"
        if isNegated { position += 1 }
        var set = CharacterSetTranslation()
        var isFirst = true
        while true {
            guard let scalar = peek() else { throw malformed("a [ is not closed") }
            if scalar == "]", !isFirst { break }
            if scalar == "-", !isFirst, peek(1) == "[" {
                throw unsupported("the subtraction of one set from another")
            }
            isFirst = false
            guard let lower = try readMember(of: &set, isNegated: isNegated) else { continue }
            guard peek() == "-", let after = peek(1), after != "]" else {
                set.insert(lower...lower)
                continue
            }
            position += 1
            guard let upper = try readMember(of: &set, isNegated: isNegated) else {
                set.insert(lower...lower)
                set.insert("-"..."-")
                continue
            }
            guard lower <= upper else { throw malformed("the range \(lower)-\(upper) is in reverse order") }
            guard set.insert(lower...upper) else {
                throw unsupported("a range of more than \(CharacterSetTranslation.rangeLimit) characters beyond ASCII")
            }
        }
        position += 1
        return set.posix(isNegated: isNegated)
    }

    /// Reads one character of a set; `nil` when it was a class, which is then in the set already.
    mutating func readMember(
        of set: inout CharacterSetTranslation, isNegated: Bool
    ) throws(FilterError) -> Unicode.Scalar? {
        guard let scalar = peek() else { throw malformed("a [ is not closed") }
        guard scalar == "\\" else {
            position += 1
            return scalar
        }
        if peek(1) == "b" {
            position += 2
            return "\u{08}"
        }
        switch try readEscape() {
        case .literal(let literal):
            return literal
        case .shorthand(let shorthand, let isNegatedClass):
            if isNegatedClass {
                guard !isNegated else { throw unsupported("a negated class inside of a negated set") }
                set.insertComplement(of: shorthand)
            } else {
                set.insert(shorthand)
            }
            return nil
        }
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
}
