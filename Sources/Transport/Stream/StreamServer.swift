/// A server on whose connection both sides speak when they like.
public struct StreamServer: Sendable, Hashable {
    /// What errors call it: `xmpp`.
    public var scheme: String
    /// The host; an IPv6 address stands in brackets.
    public var host: String
    /// The port.
    public var port: Int

    /// A server from its parts.
    public init(scheme: String, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Scheme, host and port.
    public var origin: String { "\(scheme)://\(host):\(port)" }
}
