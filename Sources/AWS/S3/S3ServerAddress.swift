internal import Support

/// A server as people write it: a host, perhaps with scheme, port and path.
struct S3ServerAddress {
    let scheme: String
    /// The host without its port; brackets around an address of IPv6.
    let name: String
    /// The port, when it is not the scheme's.
    let port: Int?
    /// What stands before the bucket, with a slash in front and not encoded; empty for nothing.
    let path: String

    var hostAndPort: String { port.map { "\(name):\($0)" } ?? name }
    /// Whether it is only a host.
    var isPlain: Bool { port == nil && path.isEmpty }
    /// Whether the host is a number.
    var isNumber: Bool { name.hasPrefix("[") || S3BucketName.isAddress(name) }

    init(_ text: String, secure: Bool) throws(S3EndpointError) {
        var rest = text[...]
        var scheme = secure ? "https" : "http"
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            guard scheme == "http" || scheme == "https" else { throw .badServer(text) }
            rest = rest[mark.upperBound...]
        }
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        var name = authority
        var port: Int?
        let end =
            authority.hasPrefix("[") ? authority.firstIndex(of: "]") ?? authority.startIndex : authority.startIndex
        if let colon = authority[end...].lastIndex(of: ":") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                throw .badServer(text)
            }
            name = authority[..<colon]
            port = number == (scheme == "https" ? 443 : 80) ? nil : number
        }
        let isIPv6 = name.hasPrefix("[") && name.hasSuffix("]")
        let isFine = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"): isIPv6
            default: false
            }
        }
        guard !name.isEmpty, isFine, !path.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") })
        else { throw .badServer(text) }
        self.scheme = scheme
        self.name = name.lowercased()
        self.port = port
        self.path = String(decoding: PercentEncoding.decode(path), as: UTF8.self)
    }
}
