/// A role that is assumed with keys from elsewhere.
public struct AWSRole: Sendable, Hashable {
    /// The role, `arn:aws:iam::123456789012:role/backup`.
    public var arn: String
    /// What the role's owner and we have agreed on; nil for nothing.
    public var externalID: String?
    /// How the session is called in logs of AWS: 2 to 64 letters, digits and `_+=,.@-`.
    public var sessionName: String
    /// How long the keys live, in seconds, 900 to 43,200; nil for the service's hour.
    public var duration: Int?
    /// The token service's address; nil for the environment's, the profile's, or that of the region.
    public var endpoint: String?

    /// A role.
    public init(
        arn: String, externalID: String? = nil, sessionName: String = "dunnage", duration: Int? = nil,
        endpoint: String? = nil
    ) {
        self.arn = arn
        self.externalID = externalID
        self.sessionName = sessionName
        self.duration = duration
        self.endpoint = endpoint
    }
}
