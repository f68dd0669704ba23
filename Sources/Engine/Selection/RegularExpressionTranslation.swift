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
    var conditions: [Condition] = []
    private(set) var ignoresCase = false

    let scalars: [Unicode.Scalar]
    var position = 0
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

    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    func startsWith(_ text: String) -> Bool {
        scalars[position...].starts(with: text.unicodeScalars)
    }

    func malformed(_ reason: String) -> FilterError {
        .malformedExpression(expression: expression, reason: reason)
    }

    func unsupported(_ construct: String) -> FilterError {
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

    mutating func close() throws(FilterError) {
        guard peek() == ")" else { throw malformed("a ( is not closed") }
        position += 1
    }

    /// Translates up to the end, or up to the `)` of the group that `isNested` speaks of.
    mutating func translate(isNested: Bool) throws(FilterError) -> (posix: String, hasAlternatives: Bool) {
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

    static func literal(_ scalar: Unicode.Scalar) -> String {
        ".[]()*+?{}|^$\\".unicodeScalars.contains(scalar) && scalar != "]" && scalar != "}"
            ? "\\\(scalar)" : String(scalar)
    }
}
