/// How much a listener takes from whom, and how long it waits.
///
/// The usual values suit a service whose clients are probes, scrapers and a few people.
public struct ListenerLimits: Sendable, Hashable {
    /// The longest request line in bytes; beyond it the answer is 414.
    public var requestLine = 8 << 10
    /// The longest head in bytes, request line and fields together; beyond it the answer is 431.
    public var head = 32 << 10
    /// How many header fields a request may have; beyond it the answer is 431.
    public var fields = 100
    /// The longest body in bytes; beyond it the answer is 413.
    public var body = 1 << 20
    /// How many bytes of bodies and of responses are held in memory for all connections; beyond it the answer is 503.
    public var heldBytes = 64 << 20
    /// How many connections are open at the same time; beyond it the answer is 503.
    ///
    /// Never more than half of what the process may have open.
    public var connections = 2048
    /// How many of them one peer may have: an IPv4 address, a network of IPv6 (/64), or a user of this machine.
    public var connectionsPerPeer = 1024
    /// How many requests one connection may bring.
    public var requestsPerConnection = 10_000
    /// How many requests are handled at the same time; each has a thread.
    public var workers = 8
    /// How many threads more there are for urgent requests alone.
    public var urgentWorkers = 2
    /// How many responses are streamed at the same time, so that slow readers leave threads to others; beyond it the
    /// answer is 503.
    public var streams = 4

    /// How long a TLS handshake may take.
    public var handshakeTimeout = Duration.seconds(10)
    /// How long the head of a request may take, from the connection's beginning or the request's first byte on.
    public var headTimeout = Duration.seconds(10)
    /// How long the body may take.
    public var bodyTimeout = Duration.seconds(30)
    /// How long a connection may be open without a request.
    public var idleTimeout = Duration.seconds(60)
    /// How long the client may take for each 64 KiB of a response.
    public var writeTimeout = Duration.seconds(30)

    /// The usual limits.
    public init() {}
}
