/// Where the bucket stands in an address.
public enum S3Addressing: String, Sendable, Hashable, CaseIterable {
    /// As the server and the bucket's name want it.
    case auto
    /// At the beginning of the path: `https://server/bucket/key`.
    case path
    /// At the beginning of the host: `https://bucket.server/key`.
    case virtual
}
