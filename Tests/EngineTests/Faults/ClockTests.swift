import Catalog
import Destinations
import Foundation
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

@Suite("Clocks that step")
struct ClockTests {
    private static let hour: Int64 = 3600

    /// A clock that is wrong by so many seconds, at the moment.
    private final class Clock: Sendable {
        let error: Atomic<Int64>

        init(_ error: Int64 = 0) { self.error = Atomic(error) }

        func set(_ seconds: Int64) { error.store(seconds, ordering: .sequentiallyConsistent) }

        var now: @Sendable () -> Timestamp {
            { Timestamp(seconds: Timestamp.now().seconds + self.error.load(ordering: .sequentiallyConsistent)) }
        }
    }

    private func fixture(_ clock: Clock) throws -> BackupFixture {
        let fixture = try BackupFixture(passphrase: nil)
        fixture.now = clock.now
        fixture.options.commitInterval = .zero
        fixture.options.volumeSize = 64 << 10
        fixture.options.blockSize = 4096
        return fixture
    }

    private func change(_ fixture: BackupFixture) throws {
        try fixture.write("file", BackupFixture.noise(150_000, seed: UInt64.random(in: 1...1_000_000)))
    }

    private func isBehind(_ error: any Error) -> Bool {
        if case .clockBehind? = error as? EngineError { true } else { false }
    }

    @Test("whatever steps the clock takes, the times of versions are unique and rise, and a step back makes none")
    func steps() throws {
        var generator = SeededGenerator.printed("steps of the clock")
        let clock = Clock()
        let fixture = try fixture(clock)
        var highest: Int64 = 0
        var trees: [Timestamp: TreeSnapshot] = [:]
        for _ in 0..<14 {
            let choices: [Int64] = [-Self.hour, -6, -1, 0, 0, 1, 2, 70, Self.hour]
            let error = choices.randomElement(using: &generator) ?? 0
            clock.set(clock.error.load(ordering: .sequentiallyConsistent) + error)
            try change(fixture)
            let newest = trees.keys.max()
            do {
                let version = try #require(try fixture.run().version)
                #expect(newest.map { $0 < version } ?? true)
                trees[version] = try TreeSnapshot(fixture.source)
            } catch {
                #expect(isBehind(error), "\(error)")
                #expect(try #require(newest).seconds > clock.now().seconds)
            }
            highest = max(highest, clock.now().seconds)
        }
        #expect(try fixture.filelists().count == trees.count)
        for (version, tree) in trees { #expect(try fixture.restoreDifferences(.time(version), from: tree) == []) }
    }

    @Test("a clock that is a little behind is waited for", .timeLimit(.minutes(1)))
    func little() throws {
        let clock = Clock(3)
        let fixture = try fixture(clock)
        try change(fixture)
        let first = try #require(try fixture.run().version)
        clock.set(0)
        try change(fixture)
        let second = try #require(try fixture.run().version)
        #expect(second > first)
    }

    @Test("a step back while a run is at work gives its version the right time", .timeLimit(.minutes(1)))
    func during() throws {
        let clock = Clock(5 * Self.hour)
        let fixture = try fixture(clock)
        try change(fixture)
        let step = FaultyDestination.Fault(.put, .run { clock.set(0) })
        let version = try #require(
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [step])).version)
        #expect(abs(version.seconds - Timestamp.now().seconds) < 60)
        try change(fixture)
        #expect(try #require(try fixture.run().version) > version)
    }

    @Test(
        "what a run of a time to come has left is made a version of now, by whatever changes the store next",
        .timeLimit(.minutes(1)), arguments: [true, false])
    func interrupted(isBackup: Bool) throws {
        let clock = Clock()
        let fixture = try fixture(clock)
        try change(fixture)
        try fixture.run()
        clock.set(5 * Self.hour)
        try fixture.write("another", BackupFixture.noise(150_000, seed: 3))
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dlist") }, ordinals: 1...9, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        clock.set(0)
        if isBackup { try fixture.run() } else { _ = try fixture.session(lease: LeaseRequest(activity: "test")) }
        let versions = try fixture.knownVersions()
        #expect(versions.count == (isBackup ? 3 : 2))
        #expect(versions.allSatisfy { $0.time.seconds < Timestamp.now().seconds + 60 })
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a version of the future can be deleted, and then backups go on", .timeLimit(.minutes(1)))
    func future() throws {
        let clock = Clock()
        let fixture = try fixture(clock)
        try change(fixture)
        try fixture.run()
        clock.set(12 * 365 * 86_400)
        try change(fixture)
        try fixture.run()
        clock.set(0)
        try change(fixture)
        #expect {
            try fixture.run()
        } throws: { isBehind($0) && "\($0)".contains("dunnage delete") }
        let newest = try #require(try fixture.knownVersions().first)
        _ = try DeleteRun(try fixture.session(lease: LeaseRequest(activity: "test"))).run(versions: [newest.id])
        #expect(try fixture.run().version != nil)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("in 1970 no version is deleted for its age", arguments: [0, 86_400] as [Int64])
    func past(now: Int64) throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(3)
        let policy = RetentionPolicy(tiers: [RetentionTests.tier(1, 7), RetentionTests.tier(nil, 30)])
        let run = RetentionRun(try fixture.session(), policy: policy, now: Timestamp(seconds: now))
        #expect {
            try run.carryOut(try run.decide())
        } throws: { isBehind($0) }
        #expect(try fixture.filelists().count == 3)
    }

    @Test("after a gap of years one version may go for its age, and not more without being asked")
    func jump() throws {
        let now = try #require(Timestamp(iso8601: "2038-01-19T03:14:08Z"))
        let last = try #require(Timestamp(iso8601: "2026-11-21T12:00:00Z"))
        func decide(_ ages: [Int64], _ policy: RetentionPolicy, at now: Timestamp) -> RetentionDecision {
            let versions = ages.enumerated().map { index, days in
                RetentionVersion(id: Int64(index), time: Timestamp(seconds: last.seconds - days * 86_400), isFull: true)
            }
            return Retention.decide(versions, policy: policy, now: now)
        }
        let week = RetentionPolicy(tiers: [RetentionTests.tier(7, 1)])
        let eight = decide(Array(0..<8), week, at: now)
        #expect(eight.deleted.count == 7)
        let found = try #require(ClockJump(in: eight, now: now))
        #expect(found.before == last && found.after == now && found.count == 7)
        // The version that the run in 2038 has made does not hide the gap.
        let made = Retention.decide(
            eight.verdicts.map(\.version) + [RetentionVersion(id: 99, time: now, isFull: true)], policy: week, now: now)
        #expect(ClockJump(in: made, now: now)?.count == 8)
        #expect(ClockJump(in: decide([0, 1], week, at: now), now: now) == nil)
        // Numbers do not depend on the clock, and without a gap an age is an age.
        #expect(ClockJump(in: decide(Array(0..<8), RetentionPolicy(keepVersions: 2), at: now), now: now) == nil)
        let soon = Timestamp(seconds: last.seconds + 30 * 86_400)
        #expect(ClockJump(in: decide(Array(0..<8), week, at: soon), now: soon) == nil)
    }

    @Test("versions that a listing does not show any more keep their data for a day")
    func missed() throws {
        let fixture = try CompactFixture(copyOf: CompactFixture.churned.get())
        let hidden = try #require(try fixture.backup.filelists().last)
        rename("\(fixture.backup.remote)/\(hidden)", "\(fixture.backup.folder.path)/hidden")
        let before = try fixture.backup.objects()
        let problems = ProblemLog()
        let summary = try CompactRun(
            try fixture.session(problems: problems), options: fixture.options, problems: problems
        ).run()
        #expect(summary.reason == .incompleteStore)
        #expect(problems.problems.contains { $0.message.contains("for a day their data stays") })
        #expect(try fixture.backup.objects() == before)
        var later = fixture.options
        later.now = { Timestamp(seconds: Timestamp.now().seconds + 90_000) }
        #expect(try CompactRun(try fixture.session(), options: later).run().reason == .compacted)
    }

    @Test("a version that appears while a compaction is planned stops it")
    func appeared() throws {
        let fixture = try CompactFixture(copyOf: CompactFixture.churned.get())
        let hidden = try #require(try fixture.backup.filelists().last)
        let (shown, away) = ("\(fixture.backup.remote)/\(hidden)", "\(fixture.backup.folder.path)/hidden")
        rename(shown, away)
        let problems = ProblemLog()
        // A catalog that never knew it.
        let session = try fixture.session(isLocal: false)
        rename(away, shown)
        let before = try fixture.backup.objects()
        let summary = try CompactRun(session, options: fixture.options, problems: problems).run()
        #expect(summary.reason == .incompleteStore)
        #expect(problems.problems.map(\.subject) == [hidden])
        #expect(try fixture.backup.objects() == before)
        #expect(try fixture.differences() == [])
    }
}
