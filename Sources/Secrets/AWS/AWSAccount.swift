/// Where and as whom AWS is asked.
public struct AWSAccount: Sendable, Hashable {
    /// Keys that the configuration gives.
    public struct Keys: Sendable, Hashable {
        /// The public part.
        public let accessKeyID: Template
        /// What signs.
        public let secretKey: SecretReference

        /// A pair of keys.
        public init(accessKeyID: Template, secretKey: SecretReference) {
            self.accessKeyID = accessKeyID
            self.secretKey = secretKey
        }
    }

    /// The region; nil for the environment's or the profile's.
    public let region: String?
    /// The service's address; nil for the environment's or AWS's own.
    public let url: String?
    /// The profile of `~/.aws`; nil for the usual search.
    public let profile: String?
    /// Keys; nil for the usual search.
    public let keys: Keys?

    /// An account.
    public init(region: String? = nil, url: String? = nil, profile: String? = nil, keys: Keys? = nil) {
        self.region = region
        self.url = url
        self.profile = profile
        self.keys = keys
    }
}
