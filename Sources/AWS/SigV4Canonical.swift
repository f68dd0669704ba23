internal import Support
internal import Transport

/// The forms that a signature is computed over.
enum SigV4Canonical {
    /// Fields that proxies add or rewrite.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "accept-encoding", "transfer-encoding", "user-agent",
        "x-amzn-trace-id",
    ]

    private static func encoded(_ path: String) -> String {
        PercentEncoding.encode(path.utf8) { $0 == UInt8(ascii: "/") }
    }

    /// The path as it is sent.
    static func wirePath(_ path: String, _ rule: SigV4.PathRule) -> String {
        let path = path.hasPrefix("/") ? path : "/\(path)"
        return encoded(rule == .once ? path : normalised(path))
    }

    /// A path that is sent, as it enters the signature.
    static func signedPath(_ wirePath: String, _ rule: SigV4.PathRule) -> String {
        rule == .once ? wirePath : encoded(wirePath)
    }

    /// Without repeated slashes and dot segments; a slash at the end stays.
    private static func normalised(_ path: String) -> String {
        var kept: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = kept.popLast()
            default: kept.append(part)
            }
        }
        let last = path.split(separator: "/", omittingEmptySubsequences: false).last
        let endsWithSlash = !kept.isEmpty && (last == "" || last == "." || last == "..")
        return "/\(kept.joined(separator: "/"))\(endsWithSlash ? "/" : "")"
    }

    /// Encoded pairs, sorted by name and value; a name without a value keeps its `=`.
    static func query(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { (name: PercentEncoding.encode($0.name), value: PercentEncoding.encode($0.value)) }
            .sorted { a, b in
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
            let words = field.value.split(whereSeparator: { $0 == " " || $0 == "\t" })
            values[name, default: []].append(words.joined(separator: " "))
        }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
            .sorted { precedes($0.name, $1.name) }
    }
}
