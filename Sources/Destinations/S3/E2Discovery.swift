internal import Support
internal import Transport

/// Asks IDrive where the buckets of a key are.
///
/// - SeeAlso: IDrive e2, "Get region endpoint"; the answer is the host's name as plain text.
struct E2Discovery: Sendable {
    static let usualURL = "https://api.idrivee2.com/api/service/get_region_end_point"

    let url: String

    /// The server of a key's buckets.
    func server(
        of accessKey: String, _ caller: Caller, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> String {
        let response = try caller.send(
            HTTPRequest(.get, "\(url)/\(PercentEncoding.encode(accessKey))", maximumResponseBytes: 4096), operation,
            object)
        let text = String(decoding: response.body, as: UTF8.self)
            .split(whereSeparator: { $0.isWhitespace || $0 == "\"" }).joined()
        let isHost = text.utf8.allSatisfy { byte in
            byte.isASCIILetter || byte.isASCIIDigit || "-.:/".utf8.contains(byte)
        }
        if response.isSuccess, !text.isEmpty, isHost, text.utf8.contains(UInt8(ascii: ".")) { return text }
        let kind: DestinationError.Kind =
            response.status >= 500 ? .transient : response.status == 429 ? .throttled : .authentication
        throw DestinationError(
            kind, operation, object: object, at: caller.label,
            detail: "IDrive does not say where the buckets of this access key are (HTTP \(response.status))",
            advice: "Check the access key, or name the server in `s3-server-name` with a URL of s3://.")
    }
}
