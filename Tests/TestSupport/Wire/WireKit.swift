public import Destinations
internal import Glibc
internal import Support
internal import Synchronization

/// A scripted server with a fault before it, and destinations that are opened at it.
public final class WireKit: Sendable {
    /// What happens instead of a good answer; nil lets the request through.
    public typealias Fault = @Sendable (LoopbackHTTPServer.Request, _ number: Int) -> LoopbackHTTPServer.Reply?

    /// The server behind the fault.
    public let server: any WireServer
    /// What is connected to.
    public let http: LoopbackHTTPServer
    /// What the destinations have said.
    public let sentences = Sentences()
    private let subject: WireSubject
    private let box: FaultBox

    /// A server of a kind.
    public init(_ subject: WireSubject, fault: @escaping Fault = { _, _ in nil }) throws {
        self.subject = subject
        let server = subject.server()
        self.server = server
        let box = FaultBox(fault)
        http = try LoopbackHTTPServer { request, number in box.fault(request, number) ?? server.answer(request) }
        self.box = box
    }

    deinit { http.stop() }

    /// Replaces the fault.
    public func fail(_ fault: @escaping Fault) { box.set(fault) }

    /// Opens a destination at the server.
    public func open(
        at address: String? = nil, options: [String: String] = [:], wrongPassword: Bool = false,
        rules: CallRules = CallRules(), _ adjust: (inout DestinationEnvironment) -> Void = { _ in }
    ) throws -> any Destination {
        var environment = sentences.environment
        environment.rules = rules
        adjust(&environment)
        let address = address ?? http.url
        let url = wrongPassword ? subject.urlWithWrongPassword(address) : subject.url(address)
        return try DestinationRegistry.open(url: url, options: options, environment: environment)
    }

    /// How many requests there were that a condition holds for.
    public func count(_ isCounted: (LoopbackHTTPServer.Request) -> Bool) -> Int {
        http.requests.count(where: isCounted)
    }

    private final class FaultBox: Sendable {
        private let kept: Mutex<Fault>

        init(_ fault: @escaping Fault) { kept = Mutex(fault) }

        func set(_ fault: @escaping Fault) { kept.withLock { $0 = fault } }

        func fault(_ request: LoopbackHTTPServer.Request, _ number: Int) -> LoopbackHTTPServer.Reply? {
            kept.withLock { $0 }(request, number)
        }
    }
}

/// A clock whose time passes only in pauses.
///
/// Pauses of several threads overlap, and while one of them is at work the others do not run ahead of it: however slow
/// the machine is, no call loses its time to the pauses of the others.
public final class LeapingClock: Sendable {
    private struct State {
        var time = Duration.zero
        var pauses: [Duration] = []
        /// When those who are in a pause want to go on.
        var ends: [Duration] = []
    }

    private let state = Mutex(State())
    private let threads: Int

    /// It stands at zero.
    /// - Parameter threads: how many look at it; a pause ends when all of them are in one, or after 50 ms.
    public init(threads: Int = 1) {
        self.threads = threads
    }

    /// How much time has passed.
    public var time: Duration { state.withLock { $0.time } }

    /// The pauses so far.
    public var pauses: [Duration] { state.withLock { $0.pauses } }

    /// As destinations see it; pauses have half of the room that they may have.
    public var clock: CallClock {
        CallClock(now: { self.time }, sleep: { duration, _ in self.pause(duration) }, random: { 0.5 })
    }

    private func pause(_ duration: Duration) {
        let end = state.withLock { state in
            state.pauses.append(duration)
            state.ends.append(state.time + duration)
            return state.time + duration
        }
        for _ in 0..<50 where !hasCome(end) { usleep(1000) }
        state.withLock { state in
            state.time = max(state.time, end)
            if let index = state.ends.firstIndex(of: end) { state.ends.remove(at: index) }
        }
    }

    /// Lets time pass to the next end of a pause when nobody is at work.
    private func hasCome(_ end: Duration) -> Bool {
        state.withLock { state in
            if state.time < end, state.ends.count >= threads, let next = state.ends.min() {
                state.time = max(state.time, next)
            }
            return state.time >= end
        }
    }
}
