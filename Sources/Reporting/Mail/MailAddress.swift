/// An address of e-mail, with or without a name.
struct MailAddress: Sendable, Hashable {
    /// What stands before the address.
    let name: String
    /// The address itself.
    let address: String

    /// Takes `anna@example.com` and `Anna <anna@example.com>`.
    init(_ text: String) {
        guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else {
            (name, address) = ("", text)
            return
        }
        let before = text[..<open].filter { $0 != "\"" }
        name = before.split(separator: " ").joined(separator: " ")
        address = String(text[text.index(after: open)...].dropLast())
    }

    /// As it stands in a header field.
    var header: String {
        guard !name.isEmpty else { return address }
        let encoded = EncodedWords.encode(name)
        let isWord = encoded.utf8.allSatisfy { byte in
            byte == 0x20 || byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a
        }
        if encoded != name || isWord { return "\(encoded) <\(address)>" }
        return "\"\(name.filter { $0 != "\\" })\" <\(address)>"
    }
}
