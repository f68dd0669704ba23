internal import Cryptography
internal import YAML

/// Tells one configuration text from another, whatever its line endings.
enum Fingerprint {
    /// SHA-256 over the UTF-8 text with `\n` line endings.
    static func of(_ source: SourceText) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.characters.count)
        for character in source.characters where character != "\r" {
            bytes.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
        }
        return "sha256:\(HashContext(.sha256).hash(bytes).hex)"
    }
}
