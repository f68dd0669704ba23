public import Support

/// Why a version stays or goes.
public enum RetentionReason: Sendable, Hashable, CustomStringConvertible {
    /// There is no rule by which anything goes.
    case noRule
    /// It is the newest one.
    case newest
    /// It is the newest complete one.
    case newestFull
    /// A tier needs it for its grid.
    case inTier(RetentionPolicy.Tier)
    /// It is partial, and tiers thin out complete versions.
    case partialInTier(RetentionPolicy.Tier)
    /// It is young enough.
    case within(RetentionSpan)
    /// It is too old, but no younger version is complete.
    case olderUntilFull(RetentionSpan)
    /// It is one of so many newest.
    case amongNewest(Int)
    /// Else there were fewer versions than the floor.
    case floor(Int)
    /// Somebody holds it.
    case held
    /// The destination refuses to delete it.
    case locked(Timestamp)
    /// A tier keeps another version close by.
    case thinned(RetentionPolicy.Tier)
    /// No tier reaches so far.
    case olderThanTiers
    /// It is too old.
    case olderThan(RetentionSpan)
    /// There are enough newer ones.
    case beyondNewest(Int)

    /// The reason in a few words.
    public var description: String {
        switch self {
        case .noRule: "no rule deletes anything"
        case .newest: "newest"
        case .newestFull: "newest complete version"
        case .inTier(let tier):
            if let interval = tier.interval, !tier.keepsAll {
                "one every \(interval)\(Self.reach(tier))"
            } else {
                "every version\(Self.reach(tier))"
            }
        case .partialInTier(let tier): "partial\(Self.reach(tier)); only complete versions are thinned out"
        case .within(let span): "younger than \(span)"
        case .olderUntilFull(let span): "no version younger than \(span) is complete"
        case .amongNewest(let count): "one of the newest \(count)"
        case .floor(let count): "never fewer than \(count)"
        case .held: "held"
        case .locked(let time): "locked by the destination until \(time)"
        case .thinned(let tier): "another is kept within \(tier.interval?.description ?? "")\(Self.reach(tier))"
        case .olderThanTiers: "older than every tier"
        case .olderThan(let span): "older than \(span)"
        case .beyondNewest(let count): "not one of the newest \(count)"
        }
    }

    private static func reach(_ tier: RetentionPolicy.Tier) -> String {
        tier.frame.map { ", up to \($0) back" } ?? ", without end"
    }
}

/// What becomes of every version.
public struct RetentionDecision: Sendable, Hashable {
    /// What becomes of one.
    public struct Verdict: Sendable, Hashable {
        /// The version.
        public let version: RetentionVersion
        /// Whether it stays.
        public let isKept: Bool
        /// Why.
        public let reason: RetentionReason

        /// `kept: newest`.
        public var text: String { "\(isKept ? "kept" : "deleted"): \(reason)" }
    }

    /// A verdict for every version, the newest first.
    public let verdicts: [Verdict]

    /// The versions that go, the newest first.
    public var deleted: [RetentionVersion] { verdicts.filter { !$0.isKept }.map(\.version) }
    /// The versions that stay, the newest first.
    public var kept: [RetentionVersion] { verdicts.filter(\.isKept).map(\.version) }
    /// The versions that would go if nobody held them.
    public var held: [RetentionVersion] {
        verdicts.filter { $0.reason == .held }.map(\.version)
    }
    /// The versions that would go if the destination had not locked them.
    public var locked: [RetentionVersion] {
        verdicts.filter { if case .locked = $0.reason { true } else { false } }.map(\.version)
    }
}
