public import Support
public import Transport

/// What the fetching of secrets takes from the process and its machine.
public struct SecretSurroundings: Sendable {
    /// The variables of this process.
    public var environment: [String: String]
    /// Dunnage's version, for servers.
    public var version: String
    /// The folder for encrypted copies, which `cache: persistent` asks for; nil keeps none.
    public var cacheFolder: String?
    /// The folder where Docker and Kubernetes mount secrets.
    public var dockerFolder = "/run/secrets"
    /// The clock, for signatures and the life of logins.
    public var now: @Sendable () -> Timestamp = Timestamp.now
    /// Waits before a server is asked again.
    public var pause: @Sendable (Duration) -> Void = SecretSurroundings.sleep
    /// Ends what is under way.
    public var cancellation: CancellationFlag?

    /// Surroundings with the usual clock and folders.
    public init(environment: [String: String], version: String = "0", cacheFolder: String? = nil) {
        self.environment = environment
        self.version = version
        self.cacheFolder = cacheFolder
    }
}
