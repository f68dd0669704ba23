public import Support

/// A gap in a history after which rules by age find nearly everything old at once.
///
/// A clock that jumps ahead by years leaves such a gap between the last version and now, and so does a machine that was
/// off for long. Nobody can tell one from the other, so it takes a person to say that what is before it may go.
public struct ClockJump: Sendable, Hashable {
    /// The last version before the gap.
    public let before: Timestamp
    /// The first one after it, or now.
    public let after: Timestamp
    /// How many versions before the gap rules by age would delete.
    public let count: Int

    /// No machine that backs up is silent for longer: 366 days, in seconds.
    static let shortest: Int64 = 366 * 86_400

    /// The newest gap in a decision before which more than one version would go for its age; nil without one.
    ///
    /// One version by itself may go: old ones go one by one, long after the gap.
    /// - Parameters:
    ///   - decision: what is about to be carried out.
    ///   - now: the moment that it was made for.
    public init?(in decision: RetentionDecision, now: Timestamp) {
        var later = now
        for (index, verdict) in decision.verdicts.enumerated() {
            let time = verdict.version.time
            defer { later = time }
            guard later.seconds - time.seconds >= Self.shortest else { continue }
            let count = decision.verdicts[index...].count { !$0.isKept && $0.reason.isAge }
            guard count > 1 else { return nil }
            self.init(before: time, after: later, count: count)
            return
        }
        return nil
    }

    private init(before: Timestamp, after: Timestamp, count: Int) {
        self.before = before
        self.after = after
        self.count = count
    }
}

extension RetentionReason {
    /// Whether it would be another at another time.
    fileprivate var isAge: Bool {
        switch self {
        case .thinned, .olderThanTiers, .olderThan: true
        default: false
        }
    }
}
