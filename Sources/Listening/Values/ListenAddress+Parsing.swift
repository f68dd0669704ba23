internal import Glibc

extension ListenAddress {
    static func parse(_ text: String) throws(ListeningError) -> ListenAddress {
        func bad(_ reason: String) -> ListeningError { .badAddress(text, reason: reason) }
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), !path.hasSuffix("/") else {
                throw bad("the path of a Unix socket begins with a slash and names a file")
            }
            guard !path.utf8.contains(0) else { throw bad("a path has no zero bytes") }
            guard path.utf8.count <= longestSocketPath else {
                throw bad("the path of a Unix socket has at most \(longestSocketPath) bytes")
            }
            return .socket(path: path)
        }
        guard let colon = text.lastIndex(of: ":") else { throw bad("there is no port") }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDigit), let port = UInt16(digits) else {
            throw bad("“\(digits)” is no port of 0 to 65535")
        }
        let host = String(text[..<colon])
        switch host {
        case "": return .network(.all, port: port)
        case "localhost": return .network(.loopback, port: port)
        default: break
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let address = isBracketed ? String(host.dropFirst().dropLast()) : host
        guard let plain = canonical(address, isIPv6: isBracketed) else {
            if !isBracketed, canonical(address, isIPv6: true) != nil { throw bad("an IPv6 address needs brackets") }
            throw bad("“\(address)” is no IP address, and names are not looked up")
        }
        return .network(.address(plain), port: port)
    }

    /// What fits into an address of the kernel, with the zero byte behind it.
    static let longestSocketPath = 107

    /// An address in its usual form; nil when it is none of this family.
    private static func canonical(_ text: String, isIPv6: Bool) -> String? {
        // Enough for either family.
        var address = in6_addr()
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = isIPv6 ? AF_INET6 : AF_INET
        guard inet_pton(family, text, &address) == 1,
            inet_ntop(family, &address, &buffer, socklen_t(buffer.count)) != nil
        else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
