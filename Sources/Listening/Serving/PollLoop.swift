internal import CPosix
internal import Glibc
internal import Support
internal import Synchronization

/// The thread that takes connections, reads requests, and sends what slow clients have not taken yet.
///
/// Nothing here waits for one client: sockets never do, and what takes time has a deadline.
final class PollLoop: @unchecked Sendable {
    // Only the polling thread touches what can change; the listener makes it, and waits for that thread's end.

    let core: ListenerCore
    var limits: ListenerLimits { core.limits }
    var sockets: [UInt64: BoundSocket] = [:]
    var connections: [UInt64: Connection] = [:]
    var perPeer: [PeerAccount: Int] = [:]
    var surplus = 0
    /// Whether sockets are watched, or wait for descriptors.
    var acceptsAgain: ContinuousClock.Instant?
    /// When requests that have begun have to be over; nil while nobody wants an end.
    private var end: ContinuousClock.Instant?
    private let grace = Atomic(Int64(0))
    private let set: FileDescriptor
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var nextToken: UInt64 = 1
    /// No connection's deadline is before it.
    private var nextDeadline: ContinuousClock.Instant?

    private static let wakeToken: UInt64 = 0
    /// How long handlers may be at work after their connections were broken.
    private static let lastWait = Duration.seconds(1)
    static let leaveTimeout = Duration.seconds(2)

    init(_ core: ListenerCore, _ bound: [BoundSocket]) throws(SystemError) {
        self.core = core
        let raw = cposix_watch()
        guard raw >= 0 else { throw SystemError("epoll_create") }
        set = FileDescriptor(owning: raw)
        for socket in bound { sockets[newToken()] = socket }
        guard cposix_watch_once(raw, core.wakeDescriptor, Self.wakeToken, 1, 0, 1) == 0 else {
            throw SystemError("epoll_ctl")
        }
        for (token, socket) in sockets {
            guard cposix_watch_once(raw, socket.descriptor, token, 1, 0, 1) == 0 else { throw SystemError("epoll_ctl") }
        }
    }

    deinit { room.deallocate() }

    /// Where it listens; only before it runs.
    var scratch: UnsafeMutableRawBufferPointer { room }

    func newToken() -> UInt64 {
        defer { nextToken += 1 }
        return nextToken
    }

    /// Asks for an end from another thread.
    func stop(grace: Duration) {
        self.grace.store(grace.milliseconds, ordering: .releasing)
        core.ending.store(.graceful, ordering: .releasing)
        core.wake()
    }

    /// Runs until somebody asks for an end and all connections have ended.
    func run() {
        var ready = [cposix_ready](repeating: cposix_ready(), count: 128)
        while true {
            let count = cposix_watch_wait(set.raw, &ready, Int32(ready.count), patience())
            for event in ready.prefix(max(0, Int(count))) { handle(event) }
            for connection in core.takeReturned() { resume(connection) }
            if end == nil, core.isStopping { beginEnd() }
            expire()
            if isOver() { break }
        }
        core.endPolling()
        // What workers gave back in between ends with its last owner.
        connections = [:]
        core.counts.connections.store(0, ordering: .relaxed)
    }

    private func handle(_ event: cposix_ready) {
        if event.token == Self.wakeToken {
            core.clearWake()
            _ = cposix_watch_once(set.raw, core.wakeDescriptor, Self.wakeToken, 1, 0, 0)
        } else if let socket = sockets[event.token] {
            accept(socket)
            if acceptsAgain == nil { watch(socket, event.token) }
        } else if let connection = connections[event.token] {
            advance(connection)
        }
    }

    func watch(_ socket: BoundSocket, _ token: UInt64) {
        _ = cposix_watch_once(set.raw, socket.descriptor, token, 1, 0, 0)
    }

    /// Waits for a connection to be ready, once.
    func watch(_ connection: Connection, writes: Bool) {
        let status = cposix_watch_once(
            set.raw, connection.wire.descriptor, connection.token, writes ? 0 : 1, writes ? 1 : 0,
            connection.isWatched ? 0 : 1)
        guard status == 0 else {
            close(connection)
            return
        }
        connection.isWatched = true
        notice(connection.deadline)
    }

    // MARK: Time

    func notice(_ deadline: ContinuousClock.Instant) {
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    /// How many milliseconds there is nothing to do.
    private func patience() -> Int32 {
        var next = nextDeadline
        for moment in [acceptsAgain, end] { next = [next, moment].compactMap { $0 }.min() }
        guard let next else { return -1 }
        // One more, so that it is over when the waiting is.
        return Int32(clamping: max(0, (next - .now).milliseconds + 1))
    }

    private func expire() {
        let now = ContinuousClock.now
        if let again = acceptsAgain, now >= again {
            acceptsAgain = nil
            for (token, socket) in sockets { watch(socket, token) }
        }
        guard let next = nextDeadline, now >= next else { return }
        nextDeadline = nil
        for connection in Array(connections.values) where connection.stage != .atWork {
            if now >= connection.deadline { timeOut(connection) }
        }
        for connection in connections.values where connection.stage != .atWork { notice(connection.deadline) }
    }

    private func timeOut(_ connection: Connection) {
        switch connection.stage {
        case .reading where connection.parser.phase != .idle: refuse(connection, .timeout)
        case .handshake:
            core.events.tell(.handshakeFailed(connection.origin.peer, reason: "it took too long"))
            close(connection)
        case .reading, .writing, .leaving, .atWork: close(connection)
        }
    }

    // MARK: The end

    private func beginEnd() {
        end = .now + .milliseconds(grace.load(ordering: .acquiring))
        acceptsAgain = nil
        sockets = [:]
        for connection in Array(connections.values) {
            switch connection.stage {
            case .reading where connection.parser.phase == .idle, .handshake, .leaving: close(connection)
            case .reading, .writing, .atWork: break
            }
        }
    }

    private func isOver() -> Bool {
        guard let end else { return false }
        if connections.isEmpty { return true }
        let now = ContinuousClock.now
        guard now >= end else { return false }
        guard !core.isBreaking else { return true }
        core.ending.store(.now, ordering: .releasing)
        for connection in Array(connections.values) {
            // A worker that has it gives it back when its call returns.
            if connection.stage == .atWork { connection.wire.interrupt() } else { close(connection) }
        }
        self.end = now + Self.lastWait
        return connections.isEmpty
    }
}
