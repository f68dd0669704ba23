/// The phases of an exchange.
public enum TransportPhase: String, Sendable, CaseIterable {
    /// Name resolution, connection and TLS handshake.
    case connecting
    /// The request goes out.
    case sending
    /// The request is out, and the server thinks.
    case waiting
    /// The response comes in.
    case receiving
    /// All of it together.
    case whole
}

/// How long each phase of an exchange may take.
public struct TransportTimeouts: Sendable, Hashable {
    /// For name resolution, connection and TLS handshake.
    public var connect: Duration

    /// Without a single byte moving, while bytes are due in either direction.
    public var idle: Duration

    /// From the end of the request to the first byte of the response: servers hash what they were sent.
    public var firstByte: Duration

    /// For everything together; nil for no limit.
    public var whole: Duration?

    /// Creates limits; the defaults suit transfers of large objects.
    public init(
        connect: Duration = .seconds(30), idle: Duration = .seconds(120), firstByte: Duration = .seconds(300),
        whole: Duration? = nil
    ) {
        self.connect = connect
        self.idle = idle
        self.firstByte = firstByte
        self.whole = whole
    }
}

extension Duration {
    /// Whole milliseconds, at least one.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
