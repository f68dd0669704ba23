internal import Synchronization

/// A request to stop, raised once from any thread and seen by those who hold it.
public final class CancellationFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Creates a flag that is down.
    public init() {}

    /// Whether somebody asked to stop.
    public var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Asks everybody who holds the flag to stop, for good.
    public func cancel() { flag.store(true, ordering: .releasing) }
}
