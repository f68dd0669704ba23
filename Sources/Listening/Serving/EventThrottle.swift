internal import Synchronization

/// Lets one event of a kind through in ten seconds, and counts the others.
final class EventThrottle: Sendable {
    private struct Count {
        var told: ContinuousClock.Instant
        var omitted = 0
    }

    private let counts = Mutex<[Int: Count]>([:])
    private let report: @Sendable (ListenerEvent) -> Void
    private static let interval = Duration.seconds(10)

    init(_ report: @escaping @Sendable (ListenerEvent) -> Void) { self.report = report }

    func tell(_ kind: ListenerEvent.Kind) {
        let now = ContinuousClock.now
        let omitted = counts.withLock { counts -> Int? in
            guard var count = counts[kind.number], now - count.told < Self.interval else {
                let omitted = counts[kind.number]?.omitted ?? 0
                counts[kind.number] = Count(told: now)
                return omitted
            }
            count.omitted += 1
            counts[kind.number] = count
            return nil
        }
        if let omitted { report(ListenerEvent(kind: kind, omitted: omitted)) }
    }
}

extension ListenerEvent.Kind {
    fileprivate var number: Int {
        switch self {
        case .requestRefused: 0
        case .connectionRefused: 1
        case .handshakeFailed: 2
        case .responseFailed: 3
        case .acceptPaused: 4
        case .certificateLoaded: 5
        case .certificateRefused: 6
        }
    }
}
