internal import Secrets

/// Texts as bash reads them: one word each, whatever is in them.
enum ShellWord {
    /// A text as a word.
    static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.unicodeScalars.allSatisfy({ isPlain($0) }) { return text }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "$'\(text.utf8.map(escaped).joined())'"
        }
        return "'\(text.replacing("'", with: #"'\''"#))'"
    }

    /// A text as a word, with what is read from the files of secrets where these stand.
    static func quoted(_ template: Template, lead: String = "") -> String {
        if let text = template.text { return quoted(lead + text) }
        var word = "\"" + doubled(lead)
        for piece in template.pieces {
            switch piece {
            case .text(let text): word += doubled(text)
            case .secret(let reference): word += "$(cat secrets/\(reference.name))"
            }
        }
        return word + "\""
    }

    private static func doubled(_ text: String) -> String {
        String(text.flatMap { "\\\"$`".contains($0) ? ["\\", $0] : [$0] })
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", "+", "=", ":", "@", "%", ",": true
        default: false
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\\(Character(Unicode.Scalar(byte)))"
        case 0x20..<0x7F: String(Character(Unicode.Scalar(byte)))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
