internal import Support

/// Tells which parts of a configuration are likely to be credentials, so that they are not shown.
public enum CredentialNames {
    private static let parts = [
        "password", "passphrase", "passwd", "secret", "token", "credential", "apikey", "api_key", "api-key",
        "private_key", "private-key", "privatekey", "access_key", "access-key", "accesskey", "account_key", "authid",
        "signing", "passcode", "authorization",
    ].map { Array($0.utf8) }

    private static let harmlessEnds = [
        "_id", "-id", "file", "path", "url", "host_key", "host-key", "hostkey", "public_key", "public-key",
        "fingerprint",
    ]

    /// Whether a value under this key or variable name should be hidden.
    public static func isCredential(_ name: some StringProtocol) -> Bool {
        let name = name.lowercased()
        guard !harmlessEnds.contains(where: { name.hasSuffix($0) }) else { return false }
        if ["sign", "pass", "pwd", "key", "auth"].contains(name) { return true }
        if ["_pass", "-pass", "_key", "-key"].contains(where: { name.hasSuffix($0) }) { return true }
        let bytes = Array(name.utf8)
        if parts.contains(where: { holds(bytes, $0) }) { return true }
        // A misspelt key must not give its value away.
        return name.count <= 24 && EditDistance.suggestion(for: name, among: ["password", "passphrase"]) != nil
    }

    /// Whether a text has a part; asked of every key of a file, so without the preparations of a search in long texts.
    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// The parts of a URL that are passwords in clear: after the user's name, and in query values of telling names.
    ///
    /// References (`${…}`) are no passwords.
    public static func ranges(inURL url: String) -> [Range<String.Index>] {
        guard let scheme = url.firstRange(of: "://"), !url[..<scheme.lowerBound].contains(where: \.isWhitespace) else {
            return []
        }
        var found: [Range<String.Index>] = []
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var userInfo = authority.lastIndex(of: "@").map { rest[..<$0] }
        if userInfo == nil, let colon = authority.firstIndex(of: ":"), let at = rest.lastIndex(of: "@"),
            let next = rest[rest.index(after: colon)...].first, !next.isNumber
        {
            userInfo = rest[..<at]  // a slash inside the password
        }
        if let userInfo, let colon = userInfo.firstIndex(of: ":") {
            found.append(userInfo.index(after: colon)..<userInfo.endIndex)
        }
        if let question = rest.firstIndex(of: "?") {
            for pair in rest[rest.index(after: question)...].split(separator: "&") {
                guard let equals = pair.firstIndex(of: "="), isCredential(pair[..<equals]) else { continue }
                found.append(pair.index(after: equals)..<pair.endIndex)
            }
        }
        return found.filter { !$0.isEmpty && !url[$0].contains("${") }
    }

    /// The URL with dots in place of passwords.
    public static func maskingURL(_ url: String) -> String {
        var masked = url
        for range in ranges(inURL: url).reversed() { masked.replaceSubrange(range, with: "••••") }
        return masked
    }
}
