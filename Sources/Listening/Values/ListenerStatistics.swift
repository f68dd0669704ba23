/// What a listener has to do, and did since it started; for metrics.
public struct ListenerStatistics: Sendable, Hashable {
    /// Connections that are open.
    public var connections = 0
    /// Requests that wait for a thread, or have one.
    public var requestsAtWork = 0
    /// Connections that were taken.
    public var accepted = 0
    /// Connections that were refused, as there were too many.
    public var refusedConnections = 0
    /// Requests that were handled.
    public var handled = 0
    /// Requests that were refused before a handler saw them.
    public var refusedRequests = 0
}
