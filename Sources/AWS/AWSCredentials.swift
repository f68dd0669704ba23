public import Support

/// Keys that sign requests to AWS and to those who speak like it.
public struct AWSCredentials: Sendable, Hashable {
    /// The public part.
    public let accessKeyID: String
    /// What signs.
    public let secretKey: Secret
    /// What temporary keys come with, and has to be sent along.
    public let sessionToken: Secret?
    /// When they end; nil for never.
    public let expires: Timestamp?
    /// Where they were found, for errors.
    public let origin: String

    /// Keys from somewhere.
    public init(
        accessKeyID: String, secretKey: Secret, sessionToken: Secret? = nil, expires: Timestamp? = nil, origin: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expires = expires
        self.origin = origin
    }
}
