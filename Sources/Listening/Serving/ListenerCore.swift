internal import CPosix
internal import Glibc
internal import Support
internal import Synchronization

/// What the threads of a listener share.
final class ListenerCore: Sendable {
    /// A complete request on its way to a worker.
    struct Job: Sendable {
        let connection: Connection
        let request: ServerRequest
        let head: RequestHead
    }

    /// How far the end has come.
    enum Ending: Int, AtomicRepresentable {
        case none
        /// What has begun may end.
        case graceful
        /// Nothing is begun any more, and connections break.
        case now
    }

    let limits: ListenerLimits
    let isUrgent: @Sendable (RequestTarget) -> Bool
    let handler: Listener.Handler
    let events: EventThrottle
    let ordinary: BoundedQueue<Job>
    let urgent: BoundedQueue<Job>
    let ending = Atomic(Ending.none)
    /// Bytes of bodies and of responses that are in memory.
    let held = Atomic(0)
    let streams = Atomic(0)
    let counts = Counts()

    /// Connections that workers are done with; nil when nobody polls any more.
    private let returned = Mutex<[Connection]?>([])
    private let waker: FileDescriptor

    /// Numbers for metrics.
    final class Counts: Sendable {
        let connections = Atomic(0)
        let atWork = Atomic(0)
        let accepted = Atomic(0)
        let refusedConnections = Atomic(0)
        let handled = Atomic(0)
        let refusedRequests = Atomic(0)
    }

    init(
        limits: ListenerLimits, isUrgent: @escaping @Sendable (RequestTarget) -> Bool, events: EventThrottle,
        handler: @escaping Listener.Handler
    ) throws(SystemError) {
        self.limits = limits
        self.isUrgent = isUrgent
        self.events = events
        self.handler = handler
        // A connection has one request at a time, so that nobody ever waits for room in a queue.
        let room = max(1, limits.connections)
        ordinary = BoundedQueue(capacity: room)
        urgent = BoundedQueue(capacity: room)
        let raw = cposix_wake_descriptor()
        guard raw >= 0 else { throw SystemError("eventfd") }
        waker = FileDescriptor(owning: raw)
    }

    var isStopping: Bool { ending.load(ordering: .acquiring) != .none }
    var isBreaking: Bool { ending.load(ordering: .acquiring) == .now }

    /// The descriptor that is ready to be read when the polling thread has something to do.
    var wakeDescriptor: Int32 { waker.raw }

    /// Has the polling thread look around.
    func wake() {
        var one: UInt64 = 1
        _ = write(waker.raw, &one, MemoryLayout<UInt64>.size)
    }

    func clearWake() {
        var count: UInt64 = 0
        _ = read(waker.raw, &count, MemoryLayout<UInt64>.size)
    }

    /// Gives a connection back to the polling thread; it ends here when that thread has.
    func giveBack(_ connection: Connection) {
        let isTaken = returned.withLock { list in
            guard list != nil else { return false }
            list?.append(connection)
            return true
        }
        if isTaken { wake() }
    }

    func takeReturned() -> [Connection] {
        returned.withLock { list in
            guard let connections = list else { return [] }
            list = []
            return connections
        }
    }

    /// From now on nobody polls.
    func endPolling() { returned.withLock { $0 = nil } }

    /// Counts bytes as held, as far as there is room.
    func hold(_ bytes: Int) -> Bool {
        let (_, sum) = held.add(bytes, ordering: .relaxed)
        guard sum > limits.heldBytes else { return true }
        held.subtract(bytes, ordering: .relaxed)
        return false
    }

    func release(_ bytes: Int) { held.subtract(bytes, ordering: .relaxed) }
}
