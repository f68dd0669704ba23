/// The account of Duplicati's `send-xmpp-username`: `USER@HOST:PORT/RESOURCE`, with `https://` for TLS from the first byte.
struct XMPPAccount {
    /// The account without its server's port: `USER@HOST`.
    let address: String
    /// The server's URL, where it is not the usual one of the host.
    let server: String?
    /// What the connection is called.
    let resource: String?

    /// - Returns: nil for what has no user and no host.
    init?(_ text: String) {
        var rest = text[...]
        var isDirect = false
        if let end = rest.firstRange(of: "://") {
            isDirect = rest[..<end.lowerBound].lowercased() == "https"
            rest = rest[end.upperBound...]
        }
        let parts = rest.split(separator: "/", maxSplits: 1)
        guard let account = parts.first, let at = account.lastIndex(of: "@") else { return nil }
        let place = account[account.index(after: at)...].split(separator: ":", maxSplits: 1)
        guard let host = place.first, at > account.startIndex else { return nil }
        address = "\(account[..<at])@\(host)"
        resource = parts.count > 1 ? String(parts[1]) : nil
        let port = place.count > 1 ? String(place[1]) : isDirect ? "5223" : "5222"
        server = isDirect || port != "5222" ? "\(isDirect ? "xmpps" : "xmpp")://\(host):\(port)" : nil
    }
}
