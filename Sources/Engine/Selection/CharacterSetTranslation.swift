/// The members of a `[…]` set, on their way from .NET's notation to POSIX's, where only the position of a
/// character can take away its special meaning.
struct CharacterSetTranslation {
    /// A named class of characters.
    enum Shorthand: String {
        case digit
        case word
        case space
        case letter
        case upper
        case lower

        var posix: String {
            switch self {
            case .digit: "0-9"
            case .word: "[:alnum:]_"
            case .space: "[:space:]"
            case .letter: "[:alpha:]"
            case .upper: "[:upper:]"
            case .lower: "[:lower:]"
            }
        }
    }

    private var ascii = [Bool](repeating: false, count: 128)
    private var others: [ClosedRange<Unicode.Scalar>] = []
    private var classes: [Shorthand] = []
    private var complements: [Shorthand] = []

    mutating func insert(_ range: ClosedRange<Unicode.Scalar>) {
        if range.lowerBound.isASCII {
            // Zero never occurs in a path, and cannot stand in a C string.
            for value in max(1, range.lowerBound.value)...max(1, min(range.upperBound.value, 127)) {
                ascii[Int(value)] = true
            }
        }
        if !range.upperBound.isASCII { others.append(max(range.lowerBound, "\u{80}")...range.upperBound) }
    }

    mutating func insert(_ shorthand: Shorthand) {
        classes.append(shorthand)
    }

    mutating func insertComplement(of shorthand: Shorthand) {
        complements.append(shorthand)
    }

    /// The set in POSIX notation.
    ///
    /// Complements of classes become alternatives; they cannot be negated.
    func posix(isNegated: Bool) -> String {
        let set = members.isEmpty ? nil : bracket(isNegated: isNegated)
        guard !complements.isEmpty else { return set ?? "." }
        let alternatives = complements.map { "[^\($0.posix)]" } + (set.map { [$0] } ?? [])
        return alternatives.count == 1 ? alternatives[0] : "(\(alternatives.joined(separator: "|")))"
    }

    private func bracket(isNegated: Bool) -> String {
        // `^` and `-` are ordinary where they stand, except that a `^` must not come first.
        if !isNegated, members == "^" { return "\\^" }
        if !isNegated, members == "^-" { return "[-^]" }
        return (isNegated ? "[^" : "[") + members + "]"
    }

    private var members: String {
        var text = has("]") ? "]" : ""
        var value = 1
        while value < 128 {
            guard isPlain(value) else {
                value += 1
                continue
            }
            var last = value
            while last + 1 < 128, isPlain(last + 1) { last += 1 }
            text += Self.text(Unicode.Scalar(UInt8(value)), Unicode.Scalar(UInt8(last)))
            value = last + 1
        }
        for range in others { text += Self.text(range.lowerBound, range.upperBound) }
        for shorthand in classes { text += shorthand.posix }
        // A `[` in front of `.`, `:` or `=` would begin a name, in front of these two it cannot.
        for special: Unicode.Scalar in ["[", "^", "-"] where has(special) { text.unicodeScalars.append(special) }
        return text
    }

    private func has(_ scalar: Unicode.Scalar) -> Bool { ascii[Int(scalar.value)] }

    private func isPlain(_ value: Int) -> Bool {
        ascii[value] && ![0x5B, 0x5D, 0x5E, 0x2D].contains(value)
    }

    private static func text(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> String {
        switch last.value - first.value {
        case 0: String(first)
        case 1: "\(first)\(last)"
        default: "\(first)-\(last)"
        }
    }
}
