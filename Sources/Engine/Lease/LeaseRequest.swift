public import Support

/// Who asks for a lease, and for how long.
public struct LeaseRequest: Sendable {
    /// The instance of the configuration, when there is one.
    public var instance: String
    /// What is going to be done, for the message that others get: `run home`.
    public var activity: String
    /// A local file that remembers the last lease taken under the lock that the caller holds; `nil` for none.
    ///
    /// A lease that is in there is a dead process's, and is taken over at once.
    public var memory: String?
    /// How long a lease holds without being renewed.
    public var term: Int64 = 600
    /// How often it is renewed.
    public var renewal: Duration = .seconds(120)
    /// By how much clocks of several machines may differ.
    public var clockMargin: Int64 = 300
    /// The time.
    public var now: @Sendable () -> Timestamp = Timestamp.now

    /// A request with the usual times.
    public init(instance: String = "", activity: String, memory: String? = nil) {
        self.instance = instance
        self.activity = activity
        self.memory = memory
    }
}
