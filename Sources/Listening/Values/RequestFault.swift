/// Why a request is refused before a handler sees it.
public enum RequestFault: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// A line does not end with CR LF, or holds a lone one of them.
    case lineEnding
    /// The request line is not method, target and version with one blank between.
    case requestLine
    /// The request line is too long.
    case targetTooLong
    /// The version is not 1.0 or 1.1.
    case version
    /// The method asks for a tunnel.
    case tunnel
    /// The target has characters that it must not have, or is no path.
    case target
    /// The target has a percent sign without two digits behind it, a zero byte, or text that is not UTF-8.
    case encoding
    /// The path has `.` or `..` as a part.
    case dotSegment
    /// A header field is not a name, a colon and a value; or it goes on in the next line.
    case field
    /// The head is too long, or has too many fields.
    case headTooLarge
    /// `Host` is missing, there more than once, or not a host.
    case host
    /// `Content-Length` is not one number, or there more than once, or beside `Transfer-Encoding`.
    case framing
    /// The transfer coding is another than chunked.
    case transferCoding
    /// A chunk is not framed as it must be.
    case chunk
    /// The body is too long.
    case bodyTooLarge
    /// Something is expected that this server does not do.
    case expectation
    /// The request did not come in time.
    case timeout
    /// More is in memory already than may be.
    case overloaded

    /// The status of the answer.
    public var status: Int {
        switch self {
        case .lineEnding, .requestLine, .target, .encoding, .dotSegment, .field, .host, .framing, .chunk: 400
        case .timeout: 408
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .expectation: 417
        case .headTooLarge: 431
        case .tunnel, .transferCoding: 501
        case .overloaded: 503
        case .version: 505
        }
    }

    /// What is wrong, in words that the client may read.
    public var description: String {
        switch self {
        case .lineEnding: "a line does not end with CR LF"
        case .requestLine: "the request line is not a method, a target and a version"
        case .targetTooLong: "the request line is too long"
        case .version: "the version is neither HTTP/1.0 nor HTTP/1.1"
        case .tunnel: "tunnels are not offered"
        case .target: "the target is not a path with characters that URLs may have"
        case .encoding: "the target has a bad percent encoding, or is not UTF-8"
        case .dotSegment: "the path has . or .. as a part"
        case .field: "a header field is malformed"
        case .headTooLarge: "the header fields are too many or too long"
        case .host: "there is not exactly one valid Host field"
        case .framing: "the length of the body is contradictory or malformed"
        case .transferCoding: "the transfer coding is not known"
        case .chunk: "a chunk of the body is malformed"
        case .bodyTooLarge: "the body is too long"
        case .expectation: "the expectation cannot be met"
        case .timeout: "the request took too long"
        case .overloaded: "the server is busy"
        }
    }
}
