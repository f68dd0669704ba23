public import Support

/// A mail server, from its URL: `smtps://USER@HOST:465`, or `smtp://USER@HOST:587`.
public struct MailServer: Sendable, Hashable {
    /// Whether TLS comes before everything else.
    public let isImplicitlySecure: Bool
    /// The host; an IPv6 address stands in brackets.
    public let host: String
    /// The port.
    public let port: Int
    /// Who logs in; nil for nobody.
    public let user: String?
    /// The password, where the URL has it.
    public let password: Secret?

    /// The server of a URL: the port is 465 with TLS, and without it 587 for those who log in and 25 for others.
    /// - Returns: nil for anything else.
    public init?(_ url: String) {
        guard let end = url.firstRange(of: "://") else { return nil }
        switch url[..<end.lowerBound].lowercased() {
        case "smtps": isImplicitlySecure = true
        case "smtp": isImplicitlySecure = false
        default: return nil
        }
        var rest = url[end.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // A user's name may be an address itself.
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let texts = login.map { String(decoding: PercentEncoding.decode($0), as: UTF8.self) }
            user = texts.first.flatMap { $0.isEmpty ? nil : $0 }
            password = texts.count > 1 ? Secret(texts[1]) : nil
            rest = rest[rest.index(after: at)...]
        } else {
            (user, password) = (nil, nil)
        }
        let number: Substring?
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            host = String(rest[...close])
            let after = rest[rest.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            number = after.isEmpty ? nil : after.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { return nil }
            host = String(parts.first ?? "")
            number = parts.count == 2 ? parts[1] : nil
        }
        let usual = isImplicitlySecure ? 465 : user == nil ? 25 : 587
        guard !host.isEmpty, let port = number.map({ Int($0) }) ?? usual, (1...65_535).contains(port) else {
            return nil
        }
        self.port = port
    }

    /// The URL without the user.
    public var origin: String { "\(isImplicitlySecure ? "smtps" : "smtp")://\(host):\(port)" }
}
