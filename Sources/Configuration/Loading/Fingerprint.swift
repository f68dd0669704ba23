internal import YAML

/// Tells one configuration text from another, whatever its line endings.
enum Fingerprint {
    /// 64-bit FNV-1a over the UTF-8 text with `\n` line endings.
    static func of(_ source: SourceText) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for character in source.characters where character != "\r" {
            for byte in UTF8.encode(character) ?? UTF8.encodedReplacementCharacter {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            }
        }
        let digits = String(hash, radix: 16)
        return "fnv1a:\(String(repeating: "0", count: 16 - digits.count))\(digits)"
    }
}
