/// A .NET regular expression rewritten as POSIX extended ones that accept the same complete paths.
///
/// Only whether the complete path matches is ever asked, which makes much of the syntax simple: groups need not
/// capture, and a lazy quantifier accepts what the greedy one does. A look-ahead at the beginning and a look-behind
/// at the end become conditions of their own. Back-references, other look-arounds, atomic groups and inline options
/// other than `i`, `s` and `n` at the beginning are refused.
struct RegularExpressionTranslation {
    /// Something that has to match, or must not.
    struct Condition {
        var posix: String
        var isNegated: Bool
    }

    /// All of them decide together.
    private(set) var conditions: [Condition] = []
    private(set) var ignoresCase = false

    private var scalars: [Unicode.Scalar]
    private var position = 0
    private let expression: String

    init(_ pattern: String, expression: String) throws(FilterError) {
        scalars = Array(pattern.unicodeScalars)
        self.expression = expression
        guard !scalars.isEmpty else { throw malformed("it has no text between the brackets") }
        try readLeadingOptions()
        // `^(…)$` is put around the whole, so that anchors of the pattern itself change nothing.
        if peek() == "^" { position += 1 }
        try readLeadingLookAheads()
        let body = try translate(isNested: false)
        if position < scalars.count { throw malformed("it has a ) without a (") }
        if !conditions.isEmpty, body.hasAlternatives {
            throw unsupported("a look-around beside alternatives outside of a group")
        }
        conditions.append(Condition(posix: Self.anchored(body, atEnd: true), isNegated: false))
    }

    /// Puts anchors around an expression, save where it begins or ends with `.*`: not having to match that is
    /// several times faster, and means the same.
    private static func anchored(_ body: (posix: String, hasAlternatives: Bool), atEnd: Bool) -> String {
        guard !body.hasAlternatives else { return "^(\(body.posix))" + (atEnd ? "$" : "") }
        var text = Substring(body.posix)
        var isOpenAtStart = false
        var isOpenAtEnd = !atEnd
        if text.hasPrefix(".*") {
            text.removeFirst(2)
            isOpenAtStart = true
        }
        let beforeDot = text.dropLast(2)
        if text.hasSuffix(".*"), beforeDot.reversed().prefix(while: { $0 == "\\" }).count.isMultiple(of: 2) {
            text = beforeDot
            isOpenAtEnd = true
        }
        return (isOpenAtStart ? "" : "^") + "(\(text))" + (isOpenAtEnd ? "" : "$")
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    private func startsWith(_ text: String) -> Bool {
        scalars[position...].starts(with: text.unicodeScalars)
    }

    private func malformed(_ reason: String) -> FilterError {
        .malformedExpression(expression: expression, reason: reason)
    }

    private func unsupported(_ construct: String) -> FilterError {
        .unsupportedConstruct(construct: construct, expression: expression)
    }

    private mutating func readLeadingOptions() throws(FilterError) {
        while startsWith("(?"), let end = scalars[position...].firstIndex(of: ")"),
            end > position + 2, scalars[position + 2..<end].allSatisfy({ "imnsx-".unicodeScalars.contains($0) })
        {
            for option in scalars[position + 2..<end] {
                switch option {
                case "i": ignoresCase = true
                case "s", "n": break
                default: throw unsupported("the inline option \"\(option)\"")
                }
            }
            position = end + 1
        }
    }

    private mutating func readLeadingLookAheads() throws(FilterError) {
        while startsWith("(?=") || startsWith("(?!") {
            let isNegated = peek(2) == "!"
            position += 3
            let inner = try translate(isNested: true)
            try close()
            conditions.append(Condition(posix: Self.anchored(inner, atEnd: false), isNegated: isNegated))
        }
    }

    private mutating func close() throws(FilterError) {
        guard peek() == ")" else { throw malformed("a ( is not closed") }
        position += 1
    }

    /// Translates up to the end, or up to the `)` of the group that `isNested` speaks of.
    private mutating func translate(isNested: Bool) throws(FilterError) -> (posix: String, hasAlternatives: Bool) {
        var posix = ""
        var hasAlternatives = false
        var mayRepeat = false
        while let scalar = peek() {
            switch scalar {
            case ")":
                return (posix, hasAlternatives)
            case "|":
                position += 1
                posix += "|"
                hasAlternatives = true
                mayRepeat = false
            case "(":
                if startsWith("(?#") {
                    try skipComment()
                    continue
                }
                if try readTrailingLookBehind(isNested: isNested) { continue }
                try openGroup()
                let inner = try translate(isNested: true)
                try close()
                posix += "(\(inner.posix))"
                mayRepeat = true
            case "[":
                posix += try translateSet()
                mayRepeat = true
            case "\\":
                let escape = try translateEscape()
                posix += escape.posix
                mayRepeat = !escape.isAnchor
            case ".":
                position += 1
                posix += "."
                mayRepeat = true
            case "^", "$":
                position += 1
                posix.unicodeScalars.append(scalar)
                mayRepeat = false
            case "*", "+", "?", "{":
                guard let quantifier = try readQuantifier() else {
                    position += 1
                    posix += "\\{"
                    mayRepeat = true
                    continue
                }
                guard mayRepeat else { throw malformed("the quantifier \"\(quantifier)\" follows nothing to repeat") }
                posix += quantifier
                mayRepeat = false
            default:
                position += 1
                posix += Self.literal(scalar)
                mayRepeat = true
            }
        }
        return (posix, hasAlternatives)
    }

    private mutating func skipComment() throws(FilterError) {
        guard let end = scalars[position...].firstIndex(of: ")") else { throw malformed("a comment is not closed") }
        position = end + 1
    }

    /// Reads `(?<=…)` or `(?<!…)` when it stands at the very end; `false` when the group is something else.
    private mutating func readTrailingLookBehind(isNested: Bool) throws(FilterError) -> Bool {
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
    private mutating func openGroup() throws(FilterError) {
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
    private mutating func readQuantifier() throws(FilterError) -> String? {
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

    /// Translates a backslash and what follows it, outside of a set.
    private mutating func translateEscape() throws(FilterError) -> (posix: String, isAnchor: Bool) {
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

    private enum Escape {
        case literal(Unicode.Scalar)
        case shorthand(CharacterSetTranslation.Shorthand, isNegated: Bool)
    }

    /// Reads an escape that stands for a character or a class of them.
    private mutating func readEscape() throws(FilterError) -> Escape {
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

    private mutating func readHexadecimal(digits: Int) throws(FilterError) -> Unicode.Scalar {
        guard position + digits <= scalars.count,
            let value = UInt32(
                String(String.UnicodeScalarView(scalars[position..<position + digits])), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw malformed("\\x needs two and \\u four hexadecimal digits of a character") }
        position += digits
        return scalar
    }

    private mutating func readCategory() throws(FilterError) -> CharacterSetTranslation.Shorthand {
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
    private mutating func translateSet() throws(FilterError) -> String {
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
    private mutating func readMember(
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

    private static func literal(_ scalar: Unicode.Scalar) -> String {
        ".[]()*+?{}|^$\\".unicodeScalars.contains(scalar) && scalar != "]" && scalar != "}"
            ? "\\\(scalar)" : String(scalar)
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
