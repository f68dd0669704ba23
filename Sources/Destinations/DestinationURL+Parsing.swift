internal import Support

extension DestinationURL {
    /// Parses a URL or a local path.
    /// - Throws: `.configuration` for an empty text, a NUL, a port above 65535, and escapes that are not UTF-8.
    public init(parsing text: String) throws(DestinationError) {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { throw Self.refusal("the URL is empty") }
        if bytes.contains(0) { throw Self.refusal("the URL contains a NUL") }
        guard let schemeEnd = Self.schemeEnd(bytes) else {
            self.init(scheme: "file", host: "", path: text, query: [])
            return
        }
        let scheme = String(decoding: bytes[..<schemeEnd], as: UTF8.self).lowercased()
        var rest = bytes[(schemeEnd + 3)...]
        self.init(scheme: scheme, host: "", path: "", query: [])

        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = try Self.pairs(rest[(mark + 1)...])
            rest = rest[..<mark]
        }
        if scheme == "file", let path = Self.windowsPath(rest) {
            self.path = path
            return
        }
        try takeUserInfo(&rest)
        try takeHost(&rest)
        if !host.isEmpty, rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
        path = try Self.decode(rest, "path")
    }

    private init(scheme: String, host: String, path: String, query: [QueryItem]) {
        self.scheme = scheme
        self.host = host
        self.path = path
        self.query = query
        user = nil
        password = nil
        port = nil
    }

    /// Where the scheme ends, if the text begins with letters, digits, `+`, `-`, `.` or `_` and then `://`.
    private static func schemeEnd(_ bytes: [UInt8]) -> Int? {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon + 2 < bytes.count,
            bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/")
        else { return nil }
        let isName = bytes[..<colon].allSatisfy { byte in
            byte.isASCIILetter || byte.isASCIIDigit || "+-._".utf8.contains(byte)
        }
        return isName ? colon : nil
    }

    /// The decoded remainder of a `file://` URL when it is a drive path, in which `@` and `:` are ordinary.
    private static func windowsPath(_ rest: ArraySlice<UInt8>) -> String? {
        guard var decoded = PercentEscapes.decode(rest, plusIsSpace: true).map({ Array($0.utf8) }) else { return nil }
        if decoded.first == UInt8(ascii: "/") { decoded.removeFirst() }
        guard decoded.count >= 3, decoded[0].isASCIILetter, decoded[1] == UInt8(ascii: ":"),
            decoded[2] == UInt8(ascii: "\\") || decoded[2] == UInt8(ascii: "/")
        else { return nil }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Takes `user[:password]@`: the user is the longest text without `: /` before a `:password@` or else a last `@`.
    private mutating func takeUserInfo(_ rest: inout ArraySlice<UInt8>) throws(DestinationError) {
        let userEnd = rest.firstIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") } ?? rest.endIndex
        if userEnd > rest.startIndex, userEnd < rest.endIndex, rest[userEnd] == UInt8(ascii: ":") {
            let secret = rest[(userEnd + 1)...].prefix { !"@:/".utf8.contains($0) }
            if secret.endIndex < rest.endIndex, rest[secret.endIndex] == UInt8(ascii: "@") {
                user = try Self.decode(rest[..<userEnd], "user name")
                password = Secret(try Self.decode(secret, "password"))
                rest = rest[(secret.endIndex + 1)...]
                return
            }
        }
        guard let at = rest[..<userEnd].lastIndex(of: UInt8(ascii: "@")), at > rest.startIndex else { return }
        user = try Self.decode(rest[..<at], "user name")
        rest = rest[(at + 1)...]
    }

    private mutating func takeHost(_ rest: inout ArraySlice<UInt8>) throws(DestinationError) {
        var end = rest.firstIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") } ?? rest.endIndex
        if rest.first == UInt8(ascii: "["), let bracket = rest.firstIndex(of: UInt8(ascii: "]")) { end = bracket + 1 }
        guard end > rest.startIndex else { return }
        guard let decoded = PercentEscapes.decode(rest[..<end], plusIsSpace: false) else {
            throw Self.refusal("the host's escapes are not UTF-8")
        }
        host = decoded
        rest = rest[end...]
        guard rest.first == UInt8(ascii: ":") else { return }
        let digits = rest.dropFirst().prefix { $0.isASCIIDigit }
        guard !digits.isEmpty else { return }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), number <= 65_535 else {
            throw Self.refusal("the port is above 65535")
        }
        port = number
        rest = rest[digits.endIndex...]
    }

    /// Splits a query at `&`, and each pair at its first `=`.
    private static func pairs(_ bytes: ArraySlice<UInt8>) throws(DestinationError) -> [QueryItem] {
        var items: [QueryItem] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try decode(pair[..<equals], "query")
            items.append(QueryItem(name: name, value: try decode(pair[equals...].dropFirst(), "query")))
        }
        return items
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, _ part: String) throws(DestinationError) -> String {
        guard let text = PercentEscapes.decode(bytes, plusIsSpace: true) else {
            throw refusal("the escapes in the \(part) are not UTF-8")
        }
        guard !text.utf8.contains(0) else { throw refusal("the \(part) contains a NUL") }
        return text
    }

    private static func refusal(_ detail: String) -> DestinationError {
        DestinationError(.configuration, .open, at: "its URL", detail: detail)
    }
}
