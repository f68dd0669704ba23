internal import Synchronization

/// How the stages of a backup learn that they are to end in good order, and tell that they left something out.
///
/// Several backups that are fed by one reading stop together: nothing is read for some of them only.
final class StopSwitch: Sendable {
    private let cancellations: [Cancellation]
    private let partial = Atomic<Bool>(false)

    /// How long the reading of a file that is under way may still take.
    static let longestReading = Duration.seconds(3)

    init(_ cancellations: [Cancellation]) {
        self.cancellations = cancellations
    }

    /// Whether nothing new is to be begun.
    var isRequested: Bool { cancellations.contains(where: \.isStopping) }

    /// Whether a file that is being read has to be given up.
    var endsReading: Bool {
        cancellations.contains { $0.timeSinceStop.map { $0 > Self.longestReading } ?? false }
    }

    /// Asks, for something about to be begun, whether to leave it out; the version is a partial one if so.
    func leavesOut() -> Bool {
        guard isRequested else { return false }
        markPartial()
        return true
    }

    /// Says that something was left out.
    func markPartial() { partial.store(true, ordering: .releasing) }

    /// Whether anything was left out.
    var isPartial: Bool { partial.load(ordering: .acquiring) }
}
