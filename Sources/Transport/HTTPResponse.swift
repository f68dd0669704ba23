public import Support

/// A complete answer to a request.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int

    /// The header fields.
    public let headers: HTTPHeaders

    /// The whole body.
    public let body: [UInt8]

    /// Whether the status is one of 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }
}
