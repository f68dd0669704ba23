/// Where a service answers.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or address, without brackets; `nil` for all addresses of the machine.
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
            guard host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) }) else {
                return nil
            }
        }
        self.host = host.isEmpty ? nil : String(host)
        self.port = port
    }

    /// Whether nobody beyond this machine reaches it.
    public var isLoopback: Bool {
        guard let host = host?.lowercased() else { return false }
        return host == "localhost" || host == "::1" || host.hasPrefix("127.") && host.allSatisfy { !$0.isLetter }
    }

    /// The address as it is written.
    public var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
