internal import Support
internal import Transport

/// The forms that a signature is computed over.
enum SigV4Canonical {
    /// Fields that proxies add or rewrite, and those that hold for one connection only.
    private static let unsigned: Set<String> = [
        "accept-encoding", "authorization", "connection", "expect", "keep-alive", "proxy-authorization", "te",
        "trailer",
        "traceparent", "tracestate", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    private static func encoded(_ path: String) -> String {
        PercentEncoding.encode(path.utf8) { $0 == UInt8(ascii: "/") }
    }

    /// The path as it is sent.
    static func wirePath(_ path: String, _ rule: SigV4.PathRule) -> String {
        // By bytes: a slash with an accent behind it is a character of its own to `hasPrefix`.
        let path = path.utf8.first == UInt8(ascii: "/") ? path : "/\(path)"
        return encoded(rule == .once ? path : normalised(path))
    }

    /// A path that is sent, as it enters the signature.
    static func signedPath(_ wirePath: String, _ rule: SigV4.PathRule) -> String {
        rule == .once ? wirePath : encoded(wirePath)
    }

    /// Without repeated slashes and dot segments; a slash at the end stays.
    private static func normalised(_ path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
        var kept: [Substring] = []
        for part in parts {
            switch part {
            case "", ".": continue
            case "..": _ = kept.popLast()
            default: kept.append(part)
            }
        }
        let endsWithSlash = !kept.isEmpty && ["", ".", ".."].contains(parts.last)
        return "/\(kept.joined(separator: "/"))\(endsWithSlash ? "/" : "")"
    }

    /// Encoded pairs, sorted by name and value; a name without a value keeps its `=`.
    static func query(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { (name: PercentEncoding.encode($0.name), value: PercentEncoding.encode($0.value)) }
            .sorted { a, b in
                // Both are ASCII.
                a.name == b.name ? precedes(a.value, b.value) : precedes(a.name, b.name)
            }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// Names in small letters and sorted, values trimmed and with single blanks, repeated fields joined by commas.
    static func headers(_ headers: HTTPHeaders, host: String) -> [(name: String, value: String)] {
        var values: [String: [String]] = ["host": [host]]
        for field in headers.fields {
            let name = field.name.lowercased()
            guard name != "host", !unsigned.contains(name) else { continue }
            let words = field.value.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            values[name, default: []].append(words.map { String(Substring($0)) }.joined(separator: " "))
        }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
            .sorted { precedes($0.name, $1.name) }
    }
}
