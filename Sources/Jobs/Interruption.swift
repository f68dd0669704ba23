public import Engine
internal import Glibc
internal import Synchronization

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
    public let cancellation = Cancellation()
    private let first = Mutex<StopSignal?>(nil)

    /// Nobody has asked yet.
    public init() {}

    /// The signal that asked first.
    public var signal: StopSignal? { first.withLock { $0 } }

    /// Whether somebody asked.
    public var isRequested: Bool { signal != nil }

    /// Asks to stop.
    /// - Returns: whether this was the first request.
    @discardableResult
    public func request(_ signal: StopSignal) -> Bool {
        let isFirst = first.withLock { known in
            guard known == nil else { return false }
            known = signal
            return true
        }
        cancellation.cancel()
        return isFirst
    }
}
