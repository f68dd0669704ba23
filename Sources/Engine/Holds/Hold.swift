public import Support

/// A version that nothing may delete until it is released.
public struct Hold: Sendable, Hashable {
    /// The time of the version.
    public let version: Timestamp
    /// Why it is held, in the words of who did it.
    public let reason: String?
    /// Since when.
    public let since: Timestamp

    /// A hold from its parts.
    public init(version: Timestamp, reason: String? = nil, since: Timestamp) {
        self.version = version
        self.reason = reason
        self.since = since
    }
}
