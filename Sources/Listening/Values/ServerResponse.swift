public import Support

/// What a handler answers.
///
/// `Date`, `Connection`, `Content-Length` and `Transfer-Encoding` are the listener's business: such fields are left out.
public struct ServerResponse: Sendable {
    /// Where the body comes from.
    public enum Body: Sendable {
        /// There is none.
        case none
        /// Bytes in memory.
        case bytes([UInt8])
        /// What a closure writes, on the thread that called the handler; not called for `HEAD`.
        ///
        /// With a length, exactly that many bytes have to be written. An error that it throws breaks the connection, so that
        /// the client sees that the body is not complete; except for ``PeerGone`` it is reported.
        case stream(length: Int64?, @Sendable (ResponseWriter) throws -> Void)
    }

    /// The status code, 200 to 599.
    public var status: Int
    /// The header fields.
    public var fields: HTTPHeaders
    /// The body; what `HEAD` must not have is not sent.
    public var body: Body
    /// Whether the connection ends with this response.
    public var closesConnection = false

    /// An answer from its parts.
    public init(_ status: Int, fields: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Bytes of a type: `application/json`.
    public static func bytes(_ status: Int = 200, type: String, _ bytes: [UInt8]) -> ServerResponse {
        ServerResponse(status, fields: ["Content-Type": type], body: .bytes(bytes))
    }

    /// Plain text with status 200.
    public static func text(_ text: String) -> ServerResponse { .text(200, text) }

    /// Plain text.
    public static func text(_ status: Int, _ text: String) -> ServerResponse {
        .bytes(status, type: "text/plain; charset=utf-8", Array(text.utf8))
    }

    /// A problem as RFC 9457 puts it (`application/problem+json`), whose title is the status's name.
    /// - Parameters:
    ///   - status: 400 to 599.
    ///   - detail: what is wrong with this request, in words that its sender may read.
    /// - Returns: the response, which is not to be kept by anybody.
    public static func problem(_ status: Int, _ detail: String) -> ServerResponse {
        var response = ServerResponse.bytes(
            status, type: "application/problem+json", ProblemDocument.encode(status: status, detail: detail))
        response.fields.append("Cache-Control", "no-store")
        response.fields.append("X-Content-Type-Options", "nosniff")
        return response
    }
}

/// The client has left, or takes nothing more, or the listener ends: nothing more is to be written.
public struct PeerGone: Error, Sendable, Hashable {}
