/// Which versions stay.
public struct RetentionPolicy: Sendable, Hashable {
    /// Up to an age, one version an interval.
    public struct Tier: Sendable, Hashable {
        /// The age it reaches to; nil has no end.
        public let frame: RetentionSpan?
        /// The least distance between complete versions that stay; nil keeps all.
        public let interval: RetentionSpan?

        /// A tier; nil means no end and all.
        public init(frame: RetentionSpan?, interval: RetentionSpan?) {
            self.frame = frame
            self.interval = interval
        }

        /// Whether every version within the age stays.
        var keepsAll: Bool { (interval?.fixedSeconds ?? 0) <= 0 }
        /// The age in seconds.
        var reach: Int64 { frame?.fixedSeconds ?? .max }
    }

    /// What several rules together mean.
    public enum Combination: Sendable, Hashable {
        /// A version stays when any rule keeps it: this program's configuration.
        case anyKeeps
        /// A version goes when any rule deletes it: Duplicati's options.
        ///
        /// `keep-versions` then counts only what the others leave.
        case anyDeletes
    }

    /// Duplicati's `retention-policy`; no tier is no rule.
    public var tiers: [Tier]
    /// Duplicati's `keep-time`: all younger versions, and older ones up to the first complete one.
    public var keepWithin: RetentionSpan?
    /// Duplicati's `keep-versions`: that many of the newest complete versions.
    public var keepVersions: Int?
    /// How many complete versions there are at least after deleting, if there are as many.
    public var minVersions: Int
    /// The most versions that one run may delete; nil is 10, or half of all versions where that is more.
    public var maxDelete: Int?
    /// What several rules together mean.
    public var combination: Combination

    /// A policy; without any rule it keeps everything.
    public init(
        tiers: [Tier] = [], keepWithin: RetentionSpan? = nil, keepVersions: Int? = nil, minVersions: Int = 1,
        maxDelete: Int? = nil, combination: Combination = .anyKeeps
    ) {
        self.tiers = tiers
        self.keepWithin = keepWithin
        self.keepVersions = keepVersions
        self.minVersions = minVersions
        self.maxDelete = maxDelete
        self.combination = combination
    }

    /// Whether anything can ever be deleted by it.
    public var hasRules: Bool { !tiers.isEmpty || keepWithin != nil || (keepVersions ?? 0) > 0 }

    /// The most versions that one run may delete without being told to.
    ///
    /// A slip in a configuration, or a clock that jumped ahead, makes nearly everything old at once.
    public func deletionLimit(ofVersions count: Int) -> Int {
        maxDelete ?? max(10, count / 2)
    }
}
