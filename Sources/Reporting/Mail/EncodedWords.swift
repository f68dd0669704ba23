internal import Support

/// Texts of header fields as RFC 2047 has them: ASCII as it is, all else in base64.
enum EncodedWords {
    /// The longest encoded word is 75 characters; what is around the base64 takes 12 of them.
    private static let bytesPerWord = 45

    /// The text for a header field; several words, one after the other, where it is long.
    static func encode(_ text: String) -> String {
        // A line's end would begin a field of somebody else's choice.
        let flat = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0) })
        guard !isPlain(flat) else { return flat }
        var words: [String] = []
        var word: [UInt8] = []
        for character in flat {
            let bytes = Array(character.utf8)
            if word.count + bytes.count > bytesPerWord, !word.isEmpty {
                words.append(Self.word(word))
                word = []
            }
            word += bytes
        }
        words.append(Self.word(word))
        return words.joined(separator: " ")
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.hasPrefix("=?") && !text.contains(" =?") && text.utf8.allSatisfy { $0 < 0x80 }
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Base64.encode(bytes))?=" }
}
