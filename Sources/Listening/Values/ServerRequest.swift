public import Support

/// A request as a handler sees it: complete, within the limits, and free of what servers and proxies read differently.
public struct ServerRequest: Sendable {
    /// The method in its own letter case: `GET`.
    public let method: String
    /// The path and the query.
    public let target: RequestTarget
    /// The host that was asked for, in lower case and without its port; nil only in requests of HTTP/1.0.
    public let host: String?
    /// The header fields.
    public let fields: HTTPHeaders
    /// The whole body, without its transfer coding.
    public let body: [UInt8]
    /// Who asks.
    public let peer: Peer
    /// Where the request came in.
    public let endpoint: ListenAddress
    /// Whether it came over TLS.
    public let isTLS: Bool

    /// The parts of the path between its slashes, decoded; see ``RequestTarget/path``.
    public var path: [String] { target.path }

    /// The first value of a name in the query; nil when there is none.
    public func query(_ name: String) -> String? { target.query.first { $0.name == name }?.value }

    init(_ head: RequestHead, body: [UInt8], _ origin: RequestOrigin) {
        method = head.method
        target = head.target
        host = head.host
        fields = head.fields
        self.body = body
        peer = origin.peer
        endpoint = origin.endpoint
        isTLS = origin.isTLS
    }

    /// A request that came over no connection, for trying a handler out.
    /// - Throws: `RequestFault` for a target that a listener would refuse.
    public init(
        _ method: String, _ target: String, host: String? = "localhost", fields: HTTPHeaders = [:],
        body: [UInt8] = [], peer: Peer = .network(address: "127.0.0.1", port: 1),
        endpoint: ListenAddress = .network(.loopback, port: 1), isTLS: Bool = false
    ) throws(RequestFault) {
        self.method = method
        self.target = try RequestTarget(Array(target.utf8))
        self.host = host
        self.fields = fields
        self.body = body
        self.peer = peer
        self.endpoint = endpoint
        self.isTLS = isTLS
    }
}

/// What a connection knows about all of its requests.
struct RequestOrigin: Sendable {
    let peer: Peer
    let endpoint: ListenAddress
    let isTLS: Bool
}
