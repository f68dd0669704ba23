internal import Support

/// What a server says, made fit to be shown.
enum ServerWords {
    /// The first line, at most 200 characters of it, without control characters and without secrets.
    static func short(_ text: String, hiding secrets: [Secret]) -> String {
        var text = text
        for secret in secrets where secret.count >= 4 {
            text = text.split(separator: secret.reveal(), omittingEmptySubsequences: false).joined(separator: "••••")
        }
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        let plain = String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
        return plain.count > 200 ? plain.prefix(200) + "…" : plain
    }
}
