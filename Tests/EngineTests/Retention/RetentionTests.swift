import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Retention")
struct RetentionTests {
    static let day: Int64 = 86_400
    static let now = Timestamp(iso8601: "2026-11-21T12:00:00Z") ?? Timestamp(seconds: 0)

    static func span(_ days: Int64) -> RetentionSpan { RetentionSpan(seconds: days * day, description: "\(days)d") }

    static func tier(_ frame: Int64?, _ interval: Int64?) -> RetentionPolicy.Tier {
        .init(frame: frame.map { span($0) }, interval: interval.map { span($0) })
    }

    /// Versions so many hours old; a minus marks a partial one.
    static func versions(_ hours: [Int]) -> [RetentionVersion] {
        hours.enumerated().map { index, hours in
            RetentionVersion(
                id: Int64(index + 1), time: Timestamp(seconds: now.seconds - Int64(abs(hours)) * 3600),
                isFull: hours >= 0)
        }
    }

    /// The ages of those that stay, in hours.
    static func kept(_ hours: [Int], _ policy: RetentionPolicy) -> [Int] {
        let all = versions(hours)
        let kept = Set(Retention.decide(all, policy: policy, now: now).kept.map(\.id))
        return zip(hours, all).filter { kept.contains($1.id) }.map { $0.0 }
    }

    // MARK: Cases from the algorithm's description

    @Test(
        "tiers keep the oldest of each frame and what is an interval later; the newest version is not part of the grid")
    func grid() {
        let week = RetentionPolicy(tiers: [Self.tier(7, 1)])
        // Ages 1 to 5 hours lie in one frame: the oldest stays, the others are too close to it.
        #expect(Self.kept([0, 1, 2, 3, 4, 5], week) == [0, 5])
        // 24 hours after the one of 49 hours is 25.
        #expect(Self.kept([0, 1, 24, 25, 48, 49], week) == [0, 1, 25, 49])
        #expect(Self.kept([0, 168, 169], week) == [0, 168])
    }

    @Test("every frame begins anew: the oldest of each stays, however close to the next frame's")
    func frames() {
        let policy = RetentionPolicy(tiers: [Self.tier(28, 7), Self.tier(7, 1)])
        #expect(Self.kept([0, 167, 168, 169, 170, 671, 672, 673], policy) == [0, 168, 170, 672])
    }

    @Test("partial versions are never thinned out by a tier, and do not count for its grid")
    func partialInTiers() {
        let week = RetentionPolicy(tiers: [Self.tier(7, 1)])
        #expect(Self.kept([0, -1, 2, -3, 4], week) == [0, -1, -3, 4])
        // The oldest is partial: the grid begins with the first complete one.
        #expect(Self.kept([0, 2, 4, -6], week) == [0, 4, -6])
        // Older than every tier it goes like any other.
        #expect(Self.kept([0, -200], week) == [0])
    }

    @Test("a tier without end keeps for ever, and one without interval keeps all")
    func unlimited() {
        #expect(
            Self.kept([0, 1, 2, 100, 5000], RetentionPolicy(tiers: [Self.tier(nil, nil)])) == [0, 1, 2, 100, 5000])
        let policy = RetentionPolicy(tiers: [Self.tier(1, nil), Self.tier(nil, 365)])
        #expect(Self.kept([0, 1, 2, 100, 5000, 90_000], policy) == [0, 1, 2, 5000, 90_000])
        let zero = RetentionPolicy(
            tiers: [.init(frame: Self.span(1), interval: RetentionSpan(seconds: 0, description: "0s"))])
        #expect(Self.kept([0, 1, 2, 30], zero) == [0, 1, 2])
    }

    @Test("an age keeps what is younger, with a tolerance of a hundredth of it, and what is needed for a complete one")
    func within() {
        let policy = RetentionPolicy(keepWithin: Self.span(2))
        #expect(Self.kept([0, 47, 48, 49], policy) == [0, 47, 48])
        // A hundredth of 48 hours is less than an hour; of 10 days it is capped to one.
        let long = RetentionPolicy(keepWithin: Self.span(10))
        #expect(Self.kept([0, 240, 241, 242], long) == [0, 240, 241])
        #expect(Self.kept([-1, -2, -60, 70, 80], policy) == [-1, -2, -60, 70])
    }

    @Test("months of an age are those of the calendar, those of a tier have 30 days")
    func calendar() throws {
        let march = try #require(Timestamp(iso8601: "2027-03-31T12:00:00Z"))
        let month = RetentionSpan(months: 1, seconds: 0, description: "1mo")
        #expect(month.before(march).iso8601 == "2027-02-28T12:00:00Z")
        #expect(month.fixedSeconds == 30 * Self.day)
        let leap = RetentionSpan(years: 1, months: 1, seconds: 3600, description: "1y1mo1h")
        #expect(leap.before(try #require(Timestamp(iso8601: "2025-03-29T00:30:00Z"))).iso8601 == "2024-02-28T23:30:00Z")
        #expect(leap.fixedSeconds == 395 * Self.day + 3600)
        let older = RetentionVersion(id: 1, time: try #require(Timestamp(iso8601: "2027-02-28T10:00:00Z")))
        let newer = RetentionVersion(id: 2, time: march)
        let policy = RetentionPolicy(keepWithin: month)
        #expect(Retention.decide([older, newer], policy: policy, now: march).deleted.map(\.id) == [1])
        let tiers = RetentionPolicy(tiers: [.init(frame: month, interval: nil)])
        #expect(Retention.decide([older, newer], policy: tiers, now: march).deleted.map(\.id) == [1])
    }

    @Test("a number of versions counts complete ones")
    func number() {
        #expect(Self.kept([0, 1, 2, 3], RetentionPolicy(keepVersions: 2)) == [0, 1])
        #expect(Self.kept([0, 1, 2], RetentionPolicy(keepVersions: 3)) == [0, 1, 2])
        // Partial ones newer than every complete one stay; those between go when the next complete one is met.
        #expect(Self.kept([-1, -2, 3, -4, 5, -6, 7], RetentionPolicy(keepVersions: 2)) == [-1, -2, 3, 5])
        #expect(Self.kept([3, -4, -5, -6], RetentionPolicy(keepVersions: 2)) == [3, -4, -5, -6])
        #expect(Self.kept([0, 1, 2], RetentionPolicy(keepVersions: 0)) == [0, 1, 2])
    }

    @Test("what any rule keeps stays; with Duplicati's options what any rule deletes goes")
    func combination() {
        var policy = RetentionPolicy(keepWithin: Self.span(1), keepVersions: 3)
        #expect(Self.kept([0, 1, 30, 40, 50], policy) == [0, 1, 30])
        #expect(Self.kept([0, 1, 2, 3, 40], policy) == [0, 1, 2, 3])
        policy.combination = .anyDeletes
        #expect(Self.kept([0, 1, 30, 40, 50], policy) == [0, 1])
        #expect(Self.kept([0, 1, 2, 3, 40], policy) == [0, 1, 2])
    }

    // MARK: Guards

    @Test("without a rule nothing goes, and a floor alone is no rule")
    func noRule() {
        #expect(Self.kept([0, 10_000], RetentionPolicy(minVersions: 1)) == [0, 10_000])
    }

    @Test("the newest complete version stays, even if only partial ones are young")
    func newestFull() {
        #expect(Self.kept([-1, -2, 500, 600], RetentionPolicy(tiers: [Self.tier(7, 1)])) == [-1, -2, 500])
        var policy = RetentionPolicy(keepWithin: Self.span(1), keepVersions: 1)
        policy.combination = .anyDeletes
        #expect(Self.kept([500, 600], policy) == [500])
    }

    @Test("the floor counts complete versions, newest first, and is reached if there are as many")
    func floor() {
        let policy = RetentionPolicy(tiers: [Self.tier(7, 1)], minVersions: 3)
        #expect(Self.kept([500, 600, 700, 800], policy) == [500, 600, 700])
        #expect(Self.kept([500, -600, 700, 800, 900], policy) == [500, 700, 800])
        #expect(Self.kept([500, -600, -700, 800], policy) == [500, -600, 800])
        #expect(Self.kept([500, 600], policy) == [500, 600])
    }

    @Test("held and locked versions stay, and say so")
    func protected() {
        var versions = Self.versions([0, 500, 600, 700])
        versions[1].isHeld = true
        versions[2].lockedUntil = Timestamp(seconds: Self.now.seconds + 1)
        versions[3].lockedUntil = Timestamp(seconds: Self.now.seconds - 1)
        let decision = Retention.decide(versions, policy: RetentionPolicy(keepVersions: 1), now: Self.now)
        #expect(decision.deleted.map(\.id) == [4])
        #expect(decision.locked.map(\.id) == [3])
        #expect(
            decision.verdicts.map(\.text) == [
                "kept: one of the newest 1", "kept: held", "kept: locked by the destination until 2026-11-21T12:00:01Z",
                "deleted: not one of the newest 1",
            ])
    }

    @Test("every verdict has its reason")
    func reasons() {
        let policy = RetentionPolicy(tiers: [Self.tier(7, 1), Self.tier(28, 7)], keepWithin: Self.span(1))
        let decision = Retention.decide(
            Self.versions([0, 2, 50, 51, -60, 800]), policy: policy, now: Self.now)
        #expect(
            decision.verdicts.map(\.text) == [
                "kept: newest", "kept: one every 1d, up to 7d back",
                "deleted: another is kept within 1d, up to 7d back", "kept: one every 1d, up to 7d back",
                "kept: partial, up to 7d back; only complete versions are thinned out",
                "deleted: older than every tier",
            ])
    }

    @Test("one run may delete ten versions, or half of them, unless told")
    func limit() {
        #expect(RetentionPolicy().deletionLimit(ofVersions: 3) == 10)
        #expect(RetentionPolicy().deletionLimit(ofVersions: 88) == 44)
        #expect(RetentionPolicy(maxDelete: 2).deletionLimit(ofVersions: 88) == 2)
    }

    // MARK: Properties

    @Test("any policy over any history decides as the slow model does", arguments: 0..<40)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let history = Self.history(&random)
            let policy = Self.policy(&random)
            let decision = Retention.decide(history.shuffled(using: &random), policy: policy, now: Self.now)
            let slow = SlowRetention(versions: history, policy: policy, now: Self.now).kept()
            #expect(Set(decision.kept.map(\.id)) == slow, "seed \(seed), \(policy), \(history)")
            #expect(decision.verdicts.count == history.count)
            let hasFull = history.contains { $0.isFull }
            #expect(history.isEmpty || decision.kept.contains { $0.isFull } == hasFull)
            #expect(!decision.deleted.contains { $0.isHeld })
            // To decide again about what is left changes nothing but what the grid's new anchors do: never the guards.
            let again = Retention.decide(decision.kept, policy: policy, now: Self.now)
            #expect(again.kept.count >= min(policy.minVersions, decision.kept.count))
        }
    }

    @Test("a steady history under tiers never loses its newest version or grows without bound")
    func steady() throws {
        let policy = RetentionPolicy(tiers: [Self.tier(7, 1), Self.tier(28, 7), Self.tier(360, 30)])
        let simulation = try #require(
            RetentionSimulation(
                [], policy: policy, now: Self.now, until: Timestamp(seconds: Self.now.seconds + 800 * Self.day),
                interval: 6 * 3600))
        #expect((20...30).contains(simulation.remaining.verdicts.count), "\(simulation.remaining.verdicts.count)")
        #expect(simulation.largestDeletion.map { $0.count <= 4 } == true)
    }

    @Test("the simulation tells when each version goes, and is refused when it would not end")
    func simulation() throws {
        let policy = RetentionPolicy(keepVersions: 2)
        let versions = Self.versions([0, 24, 48])
        let end = Timestamp(seconds: Self.now.seconds + 2 * Self.day)
        let simulation = try #require(
            RetentionSimulation(versions, policy: policy, now: Self.now, until: end, interval: Self.day))
        #expect(simulation.runs == 2)
        #expect(
            simulation.fates.map { $0.goes.map { ($0.seconds - Self.now.seconds) / Self.day } } == [2, 1, 0])
        #expect(simulation.remaining.kept.map(\.time) == [end, Timestamp(seconds: end.seconds - Self.day)])
        #expect(
            RetentionSimulation(versions, policy: policy, now: Self.now, until: end, interval: 1) == nil)
        #expect(RetentionSimulation.usualInterval(versions) == Self.day)
        #expect(RetentionSimulation.usualInterval(Self.versions([5])) == Self.day)
    }

    private static func history(_ random: inout SeededGenerator) -> [RetentionVersion] {
        var hours = 0
        return (0..<Int.random(in: 0...14, using: &random)).map { index in
            hours += [0, 1, 5, 12, 24, 24, 25, 100, 800].randomElement(using: &random) ?? 0
            var version = RetentionVersion(
                id: Int64(index), time: Timestamp(seconds: now.seconds - Int64(hours) * 3600 - 7 * Int64(index)),
                isFull: Int.random(in: 0..<4, using: &random) > 0)
            version.isHeld = Int.random(in: 0..<12, using: &random) == 0
            if Int.random(in: 0..<12, using: &random) == 0 {
                version.lockedUntil = Timestamp(seconds: now.seconds + Int64.random(in: -9...9, using: &random))
            }
            return version
        }
    }

    private static func policy(_ random: inout SeededGenerator) -> RetentionPolicy {
        var frames = [Int64?](repeating: nil, count: 0)
        for frame in [1, 2, 7, 28, 360] as [Int64] where Int.random(in: 0..<3, using: &random) == 0 {
            frames.append(frame)
        }
        if Int.random(in: 0..<4, using: &random) == 0 { frames.append(nil) }
        var policy = RetentionPolicy(
            tiers: frames.shuffled(using: &random).map { frame in
                tier(frame, ([nil, 0, 1, 2, 7, 30] as [Int64?]).randomElement(using: &random) ?? nil)
            })
        if Int.random(in: 0..<3, using: &random) == 0 {
            policy.keepWithin = span(Int64.random(in: 1...40, using: &random))
        }
        if Int.random(in: 0..<3, using: &random) == 0 { policy.keepVersions = Int.random(in: 0...6, using: &random) }
        if Int.random(in: 0..<3, using: &random) == 0 { policy.minVersions = Int.random(in: 1...5, using: &random) }
        if Bool.random(using: &random) { policy.combination = .anyDeletes }
        return policy
    }
}
