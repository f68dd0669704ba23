internal import Glibc
internal import Support
internal import Synchronization

/// A small HTTP/1.1 server: TCP, TLS and Unix sockets, with a handler that may block.
///
/// One thread accepts connections and reads requests, however slowly they come in; complete ones are handled on a few
/// threads of the listener's own. Who starts one has to stop it.
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

    private enum State: Sendable {
        case new
        case running(Running)
        case stopped
    }

    private struct Running: Sendable {
        let core: ListenerCore
        let loop: PollLoop
        let poller: WorkerThread
        let workers: [WorkerThread]
        let addresses: [ListenAddress]
    }

    private let endpoints: [Endpoint]
    private let limits: ListenerLimits
    private let isUrgent: @Sendable (RequestTarget) -> Bool
    private let events: EventThrottle
    private let handler: Handler
    private let state = Mutex(State.new)

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
        self.endpoints = endpoints
        self.limits = limits.withinReason
        self.isUrgent = isUrgent
        events = EventThrottle(report)
        self.handler = handler
    }

    /// Listens at all addresses, or at none.
    /// - Throws: `ListeningError` when one of them is not to be had.
    public func start() throws(ListeningError) {
        try state.withLock { state throws(ListeningError) in
            guard case .new = state else { throw .alreadyStarted }
            var sockets: [BoundSocket] = []
            var addresses: [ListenAddress] = []
            for endpoint in endpoints {
                let bound = try BoundSocket.bind(endpoint)
                sockets += bound
                addresses += bound.prefix(1).map(\.address)
            }
            do throws(SystemError) {
                state = .running(try begin(sockets, addresses))
            } catch {
                throw .system(error)
            }
        }
    }

    private func begin(_ sockets: [BoundSocket], _ addresses: [ListenAddress]) throws(SystemError) -> Running {
        let core = try ListenerCore(limits: limits, isUrgent: isUrgent, events: events, handler: handler)
        let loop = try PollLoop(core, sockets)
        var workers: [WorkerThread] = []
        do throws(SystemError) {
            for number in 0..<limits.workers + limits.urgentWorkers {
                let isUrgent = number >= limits.workers
                workers.append(
                    try WorkerThread(isUrgent ? "http-urgent" : "http-worker") {
                        RequestWorker(core: core).run(isUrgent ? core.urgent : core.ordinary)
                    })
            }
            let poller = try WorkerThread("http-poll") { loop.run() }
            return Running(core: core, loop: loop, poller: poller, workers: workers, addresses: addresses)
        } catch {
            core.ordinary.cancel()
            core.urgent.cancel()
            for worker in workers { worker.join() }
            throw error
        }
    }

    /// Where it listens, with the ports that the system chose; empty while it does not run.
    public var addresses: [ListenAddress] {
        state.withLock { if case .running(let running) = $0 { running.addresses } else { [] } }
    }

    /// Takes no more connections and requests, lets those that are under way end, and closes everything.
    ///
    /// Sockets and threads are gone when it returns, but for those of handlers that are still at work a second after the
    /// grace: they go when these end.
    /// - Parameter grace: how long requests that have begun may take.
    /// - Returns: how many handlers are still at work.
    @discardableResult
    public func stop(grace: Duration) -> Int {
        let running = state.withLock { state -> Running? in
            defer { state = .stopped }
            if case .running(let running) = state { return running }
            return nil
        }
        guard let running else { return 0 }
        running.loop.stop(grace: grace)
        running.poller.join()
        running.core.ordinary.close()
        running.core.urgent.close()
        // Nothing is put to work any more, so that the number only falls.
        let left = running.core.counts.atWork.load(ordering: .acquiring)
        // Threads that are not waited for end by themselves.
        if left == 0 { for worker in running.workers { worker.join() } }
        return left
    }

    /// What there is and was so far; all zero while it does not run.
    public var statistics: ListenerStatistics {
        let counts = state.withLock { state -> ListenerCore.Counts? in
            if case .running(let running) = state { running.core.counts } else { nil }
        }
        guard let counts else { return ListenerStatistics() }
        var statistics = ListenerStatistics()
        statistics.connections = counts.connections.load(ordering: .relaxed)
        statistics.requestsAtWork = counts.atWork.load(ordering: .relaxed)
        statistics.accepted = counts.accepted.load(ordering: .relaxed)
        statistics.refusedConnections = counts.refusedConnections.load(ordering: .relaxed)
        statistics.handled = counts.handled.load(ordering: .relaxed)
        statistics.refusedRequests = counts.refusedRequests.load(ordering: .relaxed)
        return statistics
    }
}

extension ListenerLimits {
    /// The same with at least one of what nothing works without, and no more connections than half of the descriptors.
    fileprivate var withinReason: ListenerLimits {
        var limits = self
        var resource = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &resource) == 0 {
            limits.connections = min(connections, Int(clamping: resource.rlim_cur / 2))
        }
        limits.connections = max(1, limits.connections)
        limits.workers = max(1, workers)
        limits.urgentWorkers = max(0, urgentWorkers)
        return limits
    }
}
