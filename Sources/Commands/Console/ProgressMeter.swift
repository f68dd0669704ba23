internal import Engine

/// The state of a run at one moment.
struct ProgressSnapshot: Sendable, Hashable {
    var phase: RunProgress.Phase
    var entries = 0
    var totalEntries = 0
    var bytes = 0
    var totalBytes = 0
    var transferred = 0
}

extension ProgressSnapshot {
    /// What the run's threads have counted so far.
    init(_ progress: RunProgress) {
        self.init(
            phase: progress.phase, entries: progress.entries, totalEntries: progress.totalEntries,
            bytes: progress.bytes, totalBytes: progress.totalBytes, transferred: progress.transferred)
    }
}

/// Turns snapshots into a rate and the time left.
///
/// The rate is that of the last ten seconds, so that it follows what happens now without jumping.
struct ProgressMeter {
    private static let window = Duration.seconds(10)

    private var samples: [(at: Duration, snapshot: ProgressSnapshot)] = []

    /// Takes a snapshot at a time counted from the run's beginning.
    mutating func add(_ snapshot: ProgressSnapshot, at time: Duration) {
        if let last = samples.last, last.snapshot.phase != snapshot.phase { samples.removeAll() }
        samples.append((time, snapshot))
        while samples.count > 2, time - samples[1].at >= Self.window { samples.removeFirst() }
    }

    /// Bytes a second: of the files, or where none are counted, of what is sent and fetched.
    var bytesPerSecond: Double? {
        rate(\.bytes).flatMap { $0 > 0 ? $0 : nil } ?? rate(\.transferred)
    }

    /// How much is done, from 0 to 1; `nil` while nobody knows how much there is.
    var fraction: Double? {
        guard let last = samples.last?.snapshot else { return nil }
        if last.totalBytes > 0 { return min(1, Double(last.bytes) / Double(last.totalBytes)) }
        if last.totalEntries > 0 { return min(1, Double(last.entries) / Double(last.totalEntries)) }
        return nil
    }

    /// The time to the end at the present rate; `nil` while it is anybody's guess.
    var timeLeft: Duration? {
        guard let last = samples.last?.snapshot else { return nil }
        let (left, perSecond) =
            last.totalBytes > 0
            ? (last.totalBytes - last.bytes, rate(\.bytes)) : (last.totalEntries - last.entries, rate(\.entries))
        guard let perSecond, perSecond > 0, left > 0 else { return nil }
        let seconds = Double(left) / perSecond
        return seconds < 1e7 ? .seconds(seconds) : nil
    }

    private func rate(_ value: KeyPath<ProgressSnapshot, Int>) -> Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let components = (last.at - first.at).components
        let seconds = Double(components.seconds) + Double(components.attoseconds) / 1e18
        guard seconds >= 0.5 else { return nil }
        return Double(last.snapshot[keyPath: value] - first.snapshot[keyPath: value]) / seconds
    }
}
