internal import Glibc

/// The host of a `Host` field or of an absolute target.
enum HostName {
    /// The host in lower case, without its port; an IPv6 address keeps its brackets.
    /// - Returns: nil for anything but a name or an address with an optional port.
    static func parse(_ bytes: ArraySlice<UInt8>) -> String? {
        let host: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            guard isIPv6(bytes[bytes.startIndex + 1..<end]) else { return nil }
            host = bytes[...end]
            rest = bytes[(end + 1)...]
        } else {
            let end = bytes.firstIndex(of: .colon) ?? bytes.endIndex
            host = bytes[..<end]
            rest = bytes[end...]
            guard !host.isEmpty, host.count <= 255, host.allSatisfy(isNameCharacter) else { return nil }
        }
        guard rest.isEmpty || isPort(rest) else { return nil }
        return String(decoding: host.map(\.asciiLowercased), as: UTF8.self)
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = bytes.dropFirst()
        return bytes.first == .colon && (1...5).contains(digits.count) && digits.allSatisfy(\.isDigit)
    }

    private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.allSatisfy({ $0.hexValue != nil || $0 == .colon || $0 == UInt8(ascii: ".") }) else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(decoding: bytes, as: UTF8.self), &address) == 1
    }
}
