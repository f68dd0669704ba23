/// The classes of characters of RFC 9110 and RFC 3986.
extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let blank = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let slash = UInt8(ascii: "/")
    static let colon = UInt8(ascii: ":")
    static let percent = UInt8(ascii: "%")

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isLetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        if isDigit { return self - UInt8(ascii: "0") }
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f") ? lower - UInt8(ascii: "a") + 10 : nil
    }

    /// Methods and names of fields consist of these (`tchar`).
    var isTokenCharacter: Bool {
        if isDigit || isLetter { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    /// Values of fields consist of these, and of blanks and tabs between them.
    var isFieldCharacter: Bool { self >= 0x20 && self != 0x7f || self == .tab }

    /// What a path may have between its slashes (`pchar`); the percent sign begins an encoded byte.
    var isPathCharacter: Bool {
        if isDigit || isLetter { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
            UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "%"):
            return true
        default: return false
        }
    }

    /// What a query may have; brackets are no part of the grammar, but scrapers send `match[]` as it is.
    var isQueryCharacter: Bool {
        isPathCharacter || self == .slash || self == UInt8(ascii: "?") || self == UInt8(ascii: "[")
            || self == UInt8(ascii: "]")
    }

    var asciiLowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}

extension Collection<UInt8> {
    /// Whether these are the letters of a lower-case word, in either case.
    func isWord(_ word: StaticString) -> Bool {
        count == word.utf8CodeUnitCount
            && word.withUTF8Buffer { letters in zip(self, letters).allSatisfy { $0.asciiLowercased == $1 } }
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks and tabs at both ends.
    var trimmed: ArraySlice<UInt8> {
        guard let first = firstIndex(where: { $0 != .blank && $0 != .tab }),
            let last = lastIndex(where: { $0 != .blank && $0 != .tab })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
