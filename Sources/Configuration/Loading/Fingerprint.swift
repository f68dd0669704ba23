internal import Cryptography
internal import Secrets

/// Tells one effective configuration from another, however it is spread over files, variables and flags.
///
/// Comments, the order of keys and what the program does by itself do not count. Secrets count by their references,
/// and credentials that are written in place by two bytes of a salted hash.
enum Fingerprint {
    /// `sha256:` and 64 hexadecimal digits.
    static func of(_ value: EffectiveValue) -> String {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return "sha256:\(HashContext(.sha256).hash(bytes).hex)"
    }

    private static func append(_ value: EffectiveValue, to bytes: inout [UInt8]) {
        switch value.content {
        // What is written as 1 or as "1" means the same where both are taken.
        case .text(let template):
            for piece in template.pieces {
                switch piece {
                case .text(let text): bytes += "t\(text.utf8.count):\(text)".utf8
                case .secret(let reference): bytes += "s\(reference.name.utf8.count):\(reference.name)".utf8
                }
            }
            bytes += ";".utf8
        case .plain(let text): bytes += "t\(text.utf8.count):\(text);".utf8
        case .hidden(_, let digest):
            bytes += "h".utf8
            bytes += digest
        case .list(let items):
            bytes += "[".utf8
            for item in items { append(item, to: &bytes) }
            bytes += "]".utf8
        case .mapping(let entries):
            bytes += "{".utf8
            let written = entries.filter { $0.value.origin.kind != .default }
            for entry in written.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                bytes += "k\(entry.key.utf8.count):\(entry.key)".utf8
                append(entry.value, to: &bytes)
            }
            bytes += "}".utf8
        }
    }
}
