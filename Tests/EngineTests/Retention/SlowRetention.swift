import Support

@testable import Engine

/// The same rules, said for each version by itself instead of walked through: slow, and independent of the engine's way.
struct SlowRetention {
    let versions: [RetentionVersion]
    let policy: RetentionPolicy
    let now: Timestamp

    /// The numbers of the versions that stay.
    func kept() -> Set<Int64> {
        var kept = Set(ruled().map(\.id))
        if kept.isEmpty, let newest = versions.max(by: isOlder) { kept.insert(newest.id) }
        let fulls = versions.filter(\.isFull)
        if !fulls.contains(where: { kept.contains($0.id) }), let newest = fulls.max(by: isOlder) {
            kept.insert(newest.id)
        }
        for version in versions where version.isHeld || version.lockedUntil.map({ $0 > now }) ?? false {
            kept.insert(version.id)
        }
        while fulls.count(where: { kept.contains($0.id) }) < policy.minVersions,
            let next = fulls.filter({ !kept.contains($0.id) }).max(by: isOlder)
        {
            kept.insert(next.id)
        }
        while kept.count < policy.minVersions,
            let next = versions.filter({ !kept.contains($0.id) }).max(by: isOlder)
        {
            kept.insert(next.id)
        }
        return kept
    }

    private func isOlder(_ a: RetentionVersion, _ b: RetentionVersion) -> Bool { (a.time, a.id) < (b.time, b.id) }

    private func ruled() -> [RetentionVersion] {
        guard policy.hasRules else { return versions }
        let byTier: ((RetentionVersion) -> Bool)? = policy.tiers.isEmpty ? nil : { isKeptByTiers($0) }
        let byAge: ((RetentionVersion) -> Bool)? = policy.keepWithin.map { span in { isKept($0, within: span) } }
        let count = policy.keepVersions ?? 0
        switch policy.combination {
        case .anyKeeps:
            return versions.filter { version in
                byTier?(version) ?? false || byAge?(version) ?? false
                    || (count > 0 && isKept(version, ofNewest: count, in: versions))
            }
        case .anyDeletes:
            let left = versions.filter { byTier?($0) ?? true && byAge?($0) ?? true }
            return count > 0 ? left.filter { isKept($0, ofNewest: count, in: left) } : left
        }
    }

    // MARK: Tiers

    /// The tier whose frame a version lies in: the shortest that reaches to its age.
    private func tier(of version: RetentionVersion) -> RetentionPolicy.Tier? {
        policy.tiers.filter { tier in
            tier.frame.map { now.seconds - version.time.seconds <= $0.fixedSeconds } ?? true
        }.min { ($0.frame?.fixedSeconds ?? .max) < ($1.frame?.fixedSeconds ?? .max) }
    }

    private func isKeptByTiers(_ version: RetentionVersion) -> Bool {
        guard version.id != versions.max(by: isOlder)?.id else { return true }
        guard let tier = tier(of: version) else { return false }
        guard let interval = tier.interval?.fixedSeconds, interval > 0, version.isFull else { return true }
        let newest = versions.max(by: isOlder)
        return !versions.contains { other in
            other.isFull && other.id != newest?.id && isOlder(other, version) && self.tier(of: other) == tier
                && version.time.seconds - other.time.seconds < interval && isKeptByTiers(other)
        }
    }

    // MARK: Age and number

    private func isKept(_ version: RetentionVersion, within span: RetentionSpan) -> Bool {
        let start = span.before(now)
        let tolerance = min((now.seconds - start.seconds) / 100, 3600)
        return version.time.seconds >= start.seconds - tolerance
            || !versions.contains { $0.isFull && isOlder(version, $0) }
    }

    private func isKept(_ version: RetentionVersion, ofNewest count: Int, in all: [RetentionVersion]) -> Bool {
        guard count < all.count else { return true }
        let newer = all.count { $0.isFull && isOlder(version, $0) }
        if version.isFull || newer >= count { return newer < count }
        return newer == 0 || !all.contains { $0.isFull && isOlder($0, version) }
    }
}
