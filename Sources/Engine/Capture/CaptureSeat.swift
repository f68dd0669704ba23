internal import Synchronization

/// The place of one backup at a capture.
///
/// Whoever has one either gives it to a ``BackupRun`` or leaves; all others wait for that.
public final class CaptureSeat: Sendable {
    let capture: Capture
    let number: Int
    private let free = Atomic<Bool>(true)

    init(_ capture: Capture, number: Int) {
        self.capture = capture
        self.number = number
    }

    /// Says that nobody will come, unless somebody has; to be called at the end whatever happened.
    public func leave() {
        if take() { capture.leave() }
    }

    /// Whether nobody has come or left.
    var isFree: Bool { free.load(ordering: .acquiring) }

    /// Gives the seat to a backup, and waits for the others.
    /// - Returns: the reading that feeds the backup, which is to be left when all of it is recorded.
    /// - Throws: `.cancelled`.
    func enter(_ context: BackupContext) throws -> CaptureReading {
        guard take() else { throw EngineError.cancelled }
        return try capture.enter(context, seat: number)
    }

    private func take() -> Bool { free.exchange(false, ordering: .acquiringAndReleasing) }
}
