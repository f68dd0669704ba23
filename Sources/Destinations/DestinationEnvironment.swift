public import Support
public import Transport

/// What a destination is given beside its URL and options: the world around it.
public struct DestinationEnvironment: Sendable {
    /// A call that is going to be made again.
    public struct Retry: Sendable {
        /// Why the last attempt failed.
        public let error: DestinationError
        /// How many attempts have been made.
        public let attempts: Int
        /// How long the pause before the next is.
        public let pause: Duration
    }

    /// The variables of this process.
    public var variables: [String: String]
    /// Dunnage's version, for servers' logs.
    public var version: String
    /// Ends calls, and pauses between their attempts, when it is raised.
    public var cancellation: CancellationFlag
    /// What all uploads share; the options of a destination set its rate when they name one.
    public var uploads: BandwidthLimit
    /// What all downloads share.
    public var downloads: BandwidthLimit
    /// The clock.
    public var now: @Sendable () -> Timestamp
    /// Is told of each further attempt.
    public var onRetry: @Sendable (Retry) -> Void
    /// Is told, in sentences without secrets, of what somebody should know and nothing fails for.
    public var warn: @Sendable (String) -> Void
    /// How calls are repeated; options of the URL override it.
    public var rules: CallRules
    /// How long pauses are really; replaced by tests.
    public var clock: CallClock

    /// The surroundings of this process, without limits.
    public init(
        variables: [String: String] = [:], version: String = "0", cancellation: CancellationFlag = CancellationFlag(),
        uploads: BandwidthLimit = BandwidthLimit(), downloads: BandwidthLimit = BandwidthLimit(),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now, rules: CallRules = CallRules(),
        clock: CallClock = CallClock(), onRetry: @escaping @Sendable (Retry) -> Void = { _ in },
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.variables = variables
        self.version = version
        self.cancellation = cancellation
        self.uploads = uploads
        self.downloads = downloads
        self.now = now
        self.rules = rules
        self.clock = clock
        self.onRetry = onRetry
        self.warn = warn
    }
}
