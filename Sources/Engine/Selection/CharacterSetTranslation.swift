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
    private var others = ""
    private var classes: [Shorthand] = []
    private var complements: [Shorthand] = []

    /// The longest range beyond ASCII, which has to be written out: glibc knows no such ranges.
    static let rangeLimit = 1024

    /// Adds a range; false when it is too long to be written out.
    @discardableResult
    mutating func insert(_ range: ClosedRange<Unicode.Scalar>) -> Bool {
        // Zero never occurs in a path, and cannot stand in a C string.
        for value in 1..<UInt32(128) where range.contains(Unicode.Scalar(UInt8(value))) { ascii[Int(value)] = true }
        guard !range.upperBound.isASCII else { return true }
        let first = max(range.lowerBound.value, 128)
        guard range.upperBound.value - first < Self.rangeLimit else { return false }
        for value in first...range.upperBound.value {
            if let scalar = Unicode.Scalar(value) { others.unicodeScalars.append(scalar) }
        }
        return true
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
        // Only a zero can leave the set without members; what follows the end never matches.
        guard !complements.isEmpty else { return set ?? (isNegated ? "." : "$.") }
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
        text += others
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
