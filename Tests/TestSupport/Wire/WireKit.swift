public import Destinations
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
public final class LeapingClock: Sendable {
    private struct State {
        var time = Duration.zero
        var pauses: [Duration] = []
    }

    private let state = Mutex(State())

    /// It stands at zero.
    public init() {}

    /// How much time has passed.
    public var time: Duration { state.withLock { $0.time } }

    /// The pauses so far.
    public var pauses: [Duration] { state.withLock { $0.pauses } }

    /// As destinations see it; pauses have half of the room that they may have.
    public var clock: CallClock {
        CallClock(
            now: { self.time },
            sleep: { duration, _ in
                self.state.withLock { state in
                    state.time += duration
                    state.pauses.append(duration)
                }
            }, random: { 0.5 })
    }
}
