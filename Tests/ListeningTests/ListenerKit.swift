import Glibc
import Listening
import Support
import Synchronization
import Transport

/// What tests of listeners share.
enum ListenerKit {
    /// Runs a listener on a free port of 127.0.0.1 while `body` runs.
    static func serve(
        _ endpoint: Listener.Endpoint? = nil, limits: ListenerLimits = ListenerLimits(),
        isUrgent: @escaping @Sendable (RequestTarget) -> Bool = { _ in false }, events: EventLog = EventLog(),
        handler: @escaping Listener.Handler = { _ in .text("fine") }, body: (Listener) throws -> Void
    ) throws {
        let endpoint = try endpoint ?? Listener.Endpoint(ListenAddress("127.0.0.1:0"))
        let listener = Listener(
            [endpoint], limits: limits, isUrgent: isUrgent, report: { events.add($0) }, handler: handler)
        try listener.start()
        defer { listener.stop(grace: .zero) }
        try body(listener)
    }

    /// A client that speaks HTTP as libcurl does.
    static func transport(trusting certificate: String? = nil) -> Transport {
        Transport(version: "0", certificateAuthorities: certificate, usesProxies: false)
    }

    /// Waits for something that other threads are about to do.
    static func eventually(_ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard ContinuousClock.now < end else { return false }
            usleep(2000)
        }
        return true
    }
}

extension Listener {
    var port: Int {
        if case .network(_, let port)? = addresses.first { Int(port) } else { 0 }
    }
}

/// What a listener told.
final class EventLog: Sendable {
    private let events = Mutex<[ListenerEvent]>([])

    func add(_ event: ListenerEvent) { events.withLock { $0.append(event) } }

    var texts: [String] { events.withLock { $0.map(\.description) } }
}

/// Holds handlers back until a test opens it.
final class Gate: @unchecked Sendable {
    // Both are the system's own, made to be shared between threads.
    private let open = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private let waiting = Atomic(0)

    init() { sem_init(open, 0, 0) }

    deinit {
        sem_destroy(open)
        open.deallocate()
    }

    /// How many have come to it.
    var visitors: Int { waiting.load(ordering: .acquiring) }

    func wait() {
        waiting.add(1, ordering: .acquiringAndReleasing)
        while sem_wait(open) != 0 {}
    }

    /// Lets that many go on.
    func release(_ count: Int = 1) { for _ in 0..<count { sem_post(open) } }
}
