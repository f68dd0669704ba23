public import Support

/// What retention will leave, if versions go on being made at a steady pace.
public struct RetentionSimulation: Sendable, Hashable {
    /// What becomes of a version.
    public struct Fate: Sendable, Hashable {
        /// The version.
        public let version: RetentionVersion
        /// When it goes; nil when it is still there at the end.
        public let goes: Timestamp?
        /// Why it goes, or why it is still there.
        public let reason: RetentionReason
    }

    /// What one run deleted.
    public struct Deletion: Sendable, Hashable {
        /// When it ran.
        public let time: Timestamp
        /// How many versions it deleted.
        public let count: Int
    }

    /// The last moment of the simulation.
    public let until: Timestamp
    /// How often a version is made.
    public let interval: Int64
    /// Every version that there is now or will have been, the newest first.
    public let lives: [Fate]
    /// The versions of now, the newest first.
    public let fates: [Fate]
    /// What there is at the end, the newest first, those of the future too.
    public let remaining: RetentionDecision
    /// How many runs there were.
    public let runs: Int
    /// The run that deleted the most versions, if any did.
    public let largestDeletion: Deletion?

    /// The most runs that a simulation takes.
    public static let runLimit = 100_000

    /// Makes a complete version every `interval` seconds, and decides after each; nil for more than ``runLimit`` runs.
    ///
    /// - Parameters:
    ///   - versions: the versions of now.
    ///   - policy: the rules.
    ///   - now: when it begins, with a decision about what is there.
    ///   - until: when it ends.
    ///   - interval: the seconds between runs, 1 or more; the first comes that long after the newest version.
    public init?(
        _ versions: [RetentionVersion], policy: RetentionPolicy, now: Timestamp, until: Timestamp, interval: Int64
    ) {
        guard interval > 0, until.seconds <= now.seconds + interval * Int64(Self.runLimit - 1) else { return nil }
        var present = versions
        var all = versions
        var gone: [Int64: (time: Timestamp, reason: RetentionReason)] = [:]
        var largest: Deletion?
        var runs = 0
        func decide(at time: Timestamp) -> RetentionDecision {
            let decision = Retention.decide(present, policy: policy, now: time)
            for verdict in decision.verdicts where !verdict.isKept { gone[verdict.version.id] = (time, verdict.reason) }
            present = decision.kept
            let count = decision.verdicts.count - present.count
            if count > largest?.count ?? 0 { largest = Deletion(time: time, count: count) }
            return decision
        }
        var decision = decide(at: now)
        let newest = versions.map(\.time).max() ?? now
        var next = Timestamp(seconds: max(now.seconds, newest.seconds + interval))
        let firstNew = (versions.map(\.id).max() ?? 0) + 1
        var id = firstNew
        while next <= until {
            let version = RetentionVersion(id: id, time: next)
            present.append(version)
            all.append(version)
            decision = decide(at: next)
            next.seconds += interval
            id += 1
            runs += 1
        }
        let reasons = Dictionary(
            decision.verdicts.map { ($0.version.id, $0.reason) }, uniquingKeysWith: { first, _ in first })
        self.until = until
        self.interval = interval
        self.runs = runs
        largestDeletion = largest
        remaining = RetentionDecision(verdicts: decision.verdicts.filter(\.isKept))
        lives = all.sorted { ($0.time, $0.id) > ($1.time, $1.id) }.map { version in
            let end = gone[version.id]
            return Fate(
                version: version, goes: end?.time, reason: end?.reason ?? reasons[version.id] ?? .noRule)
        }
        fates = lives.filter { $0.version.id < firstNew }
    }

    /// The usual seconds between versions: the median of the last gaps; a day when there are too few to tell.
    public static func usualInterval(_ versions: [RetentionVersion]) -> Int64 {
        let times = versions.map(\.time.seconds).sorted().suffix(11)
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }.sorted()
        guard gaps.count >= 2 else { return 86_400 }
        return max(1, gaps[gaps.count / 2])
    }
}
