public import Engine
internal import Glibc
internal import Synchronization
public import Transport

/// A signal that asks the process to stop.
public enum StopSignal: Int32, Sendable, Hashable, CaseIterable {
    /// SIGINT: somebody pressed Ctrl-C.
    case interrupt = 2
    /// SIGTERM: the system or an orchestrator wants the process to end.
    case terminate = 15

    /// What the process returns after it.
    public var exitCode: ExitCode { self == .interrupt ? .interrupted : .terminated }
}

/// A request from outside to stop everything, and who made it.
public final class Interruption: Sendable {
    /// What the engine's threads look at.
    public let cancellation: Cancellation
    /// Raised with the first request: what only prepares a backup has nothing that could end in good order.
    public let preparations: CancellationFlag
    private let whole: Interruption?
    private let first = Mutex<StopSignal?>(nil)
    private let reasonValue = Mutex<StopReason?>(nil)
    private let count = Atomic<Int>(0)
    private let graceValue = Mutex(Interruption.usualGrace)

    /// How long a stop in good order may take unless told otherwise: less than what orchestrators wait before they kill.
    public static let usualGrace = Duration.seconds(20)

    /// Nobody has asked yet.
    public init() {
        cancellation = Cancellation()
        preparations = CancellationFlag()
        whole = nil
    }

    private init(partOf whole: Interruption, _ cancellation: Cancellation) {
        self.cancellation = cancellation
        preparations = whole.preparations
        self.whole = whole
    }

    /// Runs one of several parts that go on at the same time: each stops in its own way when all are asked to.
    func withPart<Value>(_ body: (Interruption) -> Value) -> Value {
        cancellation.withPart { body(Interruption(partOf: self, $0)) }
    }

    /// The signal that asked first.
    public var signal: StopSignal? { whole?.signal ?? first.withLock { $0 } }

    /// Whether somebody asked.
    public var isRequested: Bool { signal != nil }

    /// Why one run was asked to stop, when it was no signal that asked.
    public var reason: StopReason? { whole?.reason ?? reasonValue.withLock { $0 } }

    /// How often somebody asked.
    public var requests: Int { count.load(ordering: .acquiring) }

    /// How long a backup that is asked to stop may take to finish what it has begun.
    public var grace: Duration {
        get { graceValue.withLock { $0 } }
        set { graceValue.withLock { $0 = newValue } }
    }

    /// Asks to stop: a backup in good order, with a partial version; everything else at once.
    /// - Parameters:
    ///   - signal: the signal that asks, or the one that stands for another reason.
    ///   - reason: why, when it is no signal that asks.
    /// - Returns: whether this was the first request.
    @discardableResult
    public func request(_ signal: StopSignal, because reason: StopReason? = nil) -> Bool {
        if let whole { return whole.request(signal, because: reason) }
        let isFirst = first.withLock { known in
            guard known == nil else { return false }
            known = signal
            reasonValue.withLock { $0 = reason }
            return true
        }
        count.add(1, ordering: .acquiringAndReleasing)
        preparations.cancel()
        if isFirst { cancellation.stop(within: grace) } else { cancellation.cancel() }
        return isFirst
    }
}
