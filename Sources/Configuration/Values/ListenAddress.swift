/// Where a service answers.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An address without brackets, or `localhost`; `nil` for all addresses of the machine.
    public let host: String?
    /// 1 to 65535.
    public let port: UInt16

    /// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` and `:8080`.
    public init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits), port > 0 else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || ".:%".contains($0) }) else { return nil }
        } else {
            // A name may lead elsewhere tomorrow, or to several addresses.
            guard host.isEmpty || host == "localhost" || Self.isIPv4(host) else { return nil }
        }
        self.host = host.isEmpty ? nil : String(host)
        self.port = port
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in part.allSatisfy { $0.isASCII && $0.isNumber } && UInt8(part) != nil }
    }

    /// Whether nobody beyond this machine reaches it.
    public var isLoopback: Bool {
        guard let host else { return false }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// The address as it is written.
    public var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
