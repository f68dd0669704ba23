public import Support

/// Decides which versions stay: Duplicati's algorithms, and guards that never let the last version go.
///
/// Nothing but values goes in and comes out, so the same decision can be shown, simulated and carried out.
public enum Retention {
    /// Decides about every version.
    ///
    /// - Parameters:
    ///   - versions: all versions, in any order.
    ///   - policy: the rules.
    ///   - now: the moment that ages are counted from.
    /// - Returns: a verdict with a reason for each.
    public static func decide(
        _ versions: [RetentionVersion], policy: RetentionPolicy, now: Timestamp
    ) -> RetentionDecision {
        let sorted = versions.sorted { ($0.time, $0.id) > ($1.time, $1.id) }
        var outcomes = sorted.indices.map { _ in RuleOutcome.kept(.noRule) }
        if policy.hasRules {
            outcomes = policy.combination == .anyKeeps ? keepers(sorted, policy, now) : deleters(sorted, policy, now)
        }
        guardNewest(sorted, &outcomes)
        for (index, version) in sorted.enumerated() where !outcomes[index].isKept {
            if version.isHeld {
                outcomes[index] = .kept(.held)
            } else if let until = version.lockedUntil, until > now {
                outcomes[index] = .kept(.locked(until))
            }
        }
        raise(sorted, to: policy.minVersions, &outcomes)
        return RetentionDecision(
            verdicts: sorted.indices.map { index in
                .init(version: sorted[index], isKept: outcomes[index].isKept, reason: outcomes[index].reason)
            })
    }

    // MARK: Rules together

    /// A version stays when any rule keeps it; what no rule keeps goes for the reason of the first rule.
    private static func keepers(
        _ versions: [RetentionVersion], _ policy: RetentionPolicy, _ now: Timestamp
    ) -> [RuleOutcome] {
        let rules = [
            policy.tiers.isEmpty ? nil : thinOut(versions, policy.tiers, now),
            policy.keepWithin.map { keepWithin(versions, $0, now) },
            policy.keepVersions.flatMap { $0 > 0 ? keepNewest(versions, $0) : nil },
        ].compactMap { $0 }
        return versions.indices.map { index in
            rules.lazy.map { $0[index] }.first { $0.isKept } ?? rules.first?[index] ?? .kept(.noRule)
        }
    }

    /// A version goes when any rule deletes it; the number of versions is counted in what the others leave.
    private static func deleters(
        _ versions: [RetentionVersion], _ policy: RetentionPolicy, _ now: Timestamp
    ) -> [RuleOutcome] {
        let rules = [
            policy.tiers.isEmpty ? nil : thinOut(versions, policy.tiers, now),
            policy.keepWithin.map { keepWithin(versions, $0, now) },
        ].compactMap { $0 }
        var outcomes = versions.indices.map { index in
            rules.lazy.map { $0[index] }.first { !$0.isKept } ?? rules.first?[index] ?? .kept(.noRule)
        }
        guard let count = policy.keepVersions, count > 0 else { return outcomes }
        let left = versions.indices.filter { outcomes[$0].isKept }
        for (index, outcome) in zip(left, keepNewest(left.map { versions[$0] }, count))
        where !outcome.isKept || rules.isEmpty {
            outcomes[index] = outcome
        }
        return outcomes
    }

    // MARK: Duplicati's rules; versions come newest first

    /// `retention-policy`: each frame begins its grid anew with its oldest version.
    private static func thinOut(
        _ versions: [RetentionVersion], _ tiers: [RetentionPolicy.Tier], _ now: Timestamp
    ) -> [RuleOutcome] {
        var outcomes = versions.map { _ in RuleOutcome.deleted(.olderThanTiers) }
        guard !versions.isEmpty else { return outcomes }
        outcomes[0] = .kept(.newest)
        var next = 1
        for tier in tiers.sorted(by: { $0.reach < $1.reach }) {
            let (lower, underflow) = now.seconds.subtractingReportingOverflow(tier.reach)
            let limit = Timestamp(seconds: underflow ? .min : lower, nanoseconds: now.nanoseconds)
            let end =
                tier.frame == nil ? versions.count : versions[next...].firstIndex { $0.time < limit } ?? versions.count
            var lastKept: Timestamp?
            for index in (next..<end).reversed() {
                let version = versions[index]
                if tier.keepsAll || lastKept.map({ isApart(version.time, $0, tier) }) ?? true {
                    outcomes[index] = .kept(version.isFull || tier.keepsAll ? .inTier(tier) : .partialInTier(tier))
                    if version.isFull { lastKept = version.time }
                } else {
                    outcomes[index] = version.isFull ? .deleted(.thinned(tier)) : .kept(.partialInTier(tier))
                }
            }
            next = end
        }
        return outcomes
    }

    private static func isApart(_ time: Timestamp, _ last: Timestamp, _ tier: RetentionPolicy.Tier) -> Bool {
        let due = Timestamp(
            seconds: last.seconds + (tier.interval?.fixedSeconds ?? 0), nanoseconds: last.nanoseconds)
        return time >= due
    }

    /// `keep-time`, with its tolerance of a hundredth, at most an hour.
    private static func keepWithin(
        _ versions: [RetentionVersion], _ span: RetentionSpan, _ now: Timestamp
    ) -> [RuleOutcome] {
        let start = span.before(now)
        let tolerance = min((now.seconds - start.seconds) / 100, 3600)
        let limit = Timestamp(seconds: start.seconds - max(0, tolerance), nanoseconds: start.nanoseconds)
        var hasFull = false
        return versions.map { version in
            let outcome: RuleOutcome =
                version.time >= limit
                ? .kept(.within(span)) : hasFull ? .deleted(.olderThan(span)) : .kept(.olderUntilFull(span))
            hasFull = hasFull || version.isFull
            return outcome
        }
    }

    /// `keep-versions`: complete versions count; partial ones stay while they are newer than every complete one.
    private static func keepNewest(_ versions: [RetentionVersion], _ count: Int) -> [RuleOutcome] {
        var outcomes = versions.map { _ in RuleOutcome.kept(.amongNewest(count)) }
        guard count < versions.count else { return outcomes }
        var full = 0
        var lastFull = 0
        for (index, version) in versions.enumerated() {
            if full == count {
                outcomes[index] = .deleted(.beyondNewest(count))
            } else if version.isFull {
                // The partial versions between two complete ones say nothing that those do not.
                if full > 0 {
                    for between in (lastFull + 1)..<index { outcomes[between] = .deleted(.beyondNewest(count)) }
                }
                full += 1
                lastFull = index
            }
        }
        return outcomes
    }

    // MARK: Guards

    /// Whatever the rules say, the newest version stays, and the newest complete one.
    private static func guardNewest(_ versions: [RetentionVersion], _ outcomes: inout [RuleOutcome]) {
        if !versions.isEmpty, !outcomes.contains(where: { $0.isKept }) { outcomes[0] = .kept(.newest) }
        let hasFull = versions.indices.contains { outcomes[$0].isKept && versions[$0].isFull }
        if !hasFull, let newest = versions.firstIndex(where: { $0.isFull }) { outcomes[newest] = .kept(.newestFull) }
    }

    /// Keeps more of the newest until there are enough: complete ones, and partial ones only if those do not suffice.
    private static func raise(_ versions: [RetentionVersion], to floor: Int, _ outcomes: inout [RuleOutcome]) {
        var full = versions.indices.count { outcomes[$0].isKept && versions[$0].isFull }
        for index in versions.indices where full < floor && !outcomes[index].isKept && versions[index].isFull {
            outcomes[index] = .kept(.floor(floor))
            full += 1
        }
        var all = outcomes.count { $0.isKept }
        for index in versions.indices where all < floor && !outcomes[index].isKept {
            outcomes[index] = .kept(.floor(floor))
            all += 1
        }
    }
}

/// What one rule, or all of them, say about a version.
private enum RuleOutcome {
    case kept(RetentionReason)
    case deleted(RetentionReason)

    var isKept: Bool { if case .kept = self { true } else { false } }

    var reason: RetentionReason {
        switch self {
        case .kept(let reason), .deleted(let reason): reason
        }
    }
}
