public import Support

/// One HTTP request with a body held in memory, or in a file.
public struct HTTPRequest: Sendable {
    /// The methods that are used here.
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case copy = "COPY"
    }

    /// What to do with the resource.
    public var method: Method

    /// An `http` or `https` URL; it may hold secrets and is never shown.
    public var url: String

    /// The header fields.
    public var headers: HTTPHeaders

    /// The body, empty for none.
    public var body: [UInt8]

    /// The body as a part of a file, in place of `body`.
    public var file: FileSlice?

    /// Whether redirects within the host are followed; if not, they are responses like others.
    public var followsRedirects: Bool

    /// The path of a socket of this machine that leads to the server, whatever host the URL names; nil for the network.
    public var unixSocket: String?

    /// Whether the server may answer with 101 and then send bytes of another protocol, which are the body.
    ///
    /// It is asked for `Upgrade: tcp`; that of Docker is one that only sends.
    public var isUpgrade = false

    /// How long each phase may take.
    public var timeouts: TransportTimeouts

    /// The longest response body that is accepted.
    public var maximumResponseBytes: Int

    /// Creates a request; a response may have 1 MiB unless more is asked for.
    public init(
        _ method: Method, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = [], file: FileSlice? = nil,
        timeouts: TransportTimeouts = TransportTimeouts(), maximumResponseBytes: Int = 1 << 20,
        followsRedirects: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.file = file
        self.timeouts = timeouts
        self.maximumResponseBytes = maximumResponseBytes
        self.followsRedirects = followsRedirects
    }

    /// How many bytes the body has.
    var bodyCount: Int64 { file?.count ?? Int64(body.count) }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method and the server: the rest of the URL, the header fields and the body may be secret.
    public var description: String { "\(method.rawValue) \(WebOrigin(of: url).map { "\($0)" } ?? "-")" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
