/// A small HTTP/1.1 server: TCP, TLS and Unix sockets, with a handler that may block.
///
/// One thread accepts connections and reads requests, however slowly they come in; complete ones are handled on a few
/// threads of the listener's own. See `docs/architecture.md`.
public final class Listener: Sendable {
    /// Answers a request; called on several threads at the same time.
    public typealias Handler = @Sendable (ServerRequest) -> ServerResponse

    /// An address, and the identity that it shows there when it speaks TLS.
    public struct Endpoint: Sendable {
        /// Where to listen.
        public let address: ListenAddress
        /// The certificate and key; nil for plain HTTP.
        public let identity: TLSIdentity?

        /// An address with or without TLS.
        public init(_ address: ListenAddress, identity: TLSIdentity? = nil) {
            self.address = address
            self.identity = identity
        }
    }

    /// A listener that has not begun.
    /// - Parameters:
    ///   - endpoints: where to listen.
    ///   - limits: how much it takes.
    ///   - isUrgent: whether requests for a target are handled at once even when all workers are busy, as those of
    ///     probes should be; called on the thread that reads, so it has to be quick.
    ///   - report: takes what whoever runs it may want to know; called on the listener's threads, so it must not wait.
    ///   - handler: answers a request; it may block.
    public init(
        _ endpoints: [Endpoint], limits: ListenerLimits = ListenerLimits(),
        isUrgent: @escaping @Sendable (RequestTarget) -> Bool = { _ in false },
        report: @escaping @Sendable (ListenerEvent) -> Void = { _ in }, handler: @escaping Handler
    ) {
    }

    /// Listens at all addresses, or at none.
    /// - Throws: `ListeningError` when one of them is not to be had.
    public func start() throws(ListeningError) {
    }

    /// Where it listens, with the ports that the system chose; empty before it starts.
    public var addresses: [ListenAddress] { [] }

    /// Whether it is about to end: long responses should come to theirs.
    public var isStopping: Bool { false }

    /// Takes no more connections and requests, lets those that are under way end, and closes everything.
    ///
    /// Sockets and threads are gone when it returns, but for handlers that are still at work a second after the grace: their
    /// threads end when they do.
    /// - Parameter grace: how long requests that have begun may take.
    /// - Returns: how many handlers are still at work.
    @discardableResult
    public func stop(grace: Duration) -> Int { 0 }

    /// What there is and was so far.
    public var statistics: ListenerStatistics { ListenerStatistics() }
}
