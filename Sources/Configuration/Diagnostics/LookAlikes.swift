internal import YAML

/// Characters that look like others or like nothing, which no eye finds in a file.
enum LookAlikes {
    /// What to say about the characters of a place, or around a place where the grammar broke.
    static func notes(in source: SourceText, _ places: [Int]) -> [String] {
        for index in places where index < source.characters.count {
            let character = source.characters[index]
            guard character.value > 0x7F, let meaning = meaning(of: character) else { continue }
            let mark = source.mark(at: index)
            let code = String(character.value, radix: 16, uppercase: true)
            let number = String(repeating: "0", count: max(0, 4 - code.count)) + code
            let name = character.properties.name.map { " (\($0.lowercased()))" } ?? ""
            return ["line \(mark.line), column \(mark.column) holds U+\(number)\(name), \(meaning)"]
        }
        return []
    }

    private static func meaning(of character: Unicode.Scalar) -> String? {
        switch character.value {
        case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return "which is not a space to YAML"
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF:
            return "which is invisible"
        case 0x85, 0x2028, 0x2029: return "which does not end a line in YAML 1.2"
        case 0x2018...0x201F, 0xAB, 0xBB, 0xFF02, 0xFF07: return "which is not a quote to YAML"
        case 0x2010...0x2015, 0x2212, 0xFF0D: return "which is not the `-` of the keyboard"
        default: break
        }
        if (0xFF01...0xFF5E).contains(character.value), let plain = Unicode.Scalar(character.value - 0xFEE0) {
            return "which is not `\(plain)`"
        }
        if character.properties.numericType == .decimal { return "which is not a digit of ASCII" }
        return letters[character].map { "which is not the Latin `\($0)`" }
    }

    /// Letters of Cyrillic and Greek that have the form of Latin ones.
    private static let letters: [Unicode.Scalar: Unicode.Scalar] = [
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "ԁ": "d",
        "һ": "h", "ո": "n", "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C",
        "Т": "T", "Х": "X", "ο": "o", "α": "a", "ν": "v", "ρ": "p", "ι": "i", "Α": "A", "Β": "B", "Ε": "E", "Ο": "O",
    ]
}
