import Ledger
import Schedule
import Scheduler
import Support
import TestSupport
import Testing

@testable import Configuration

/// Ten years in each of five zones, with everything that happens to a machine in that time.
@Suite struct SimulatedYearsTests {
    static let start: Int64 = 1_451_606_400  // 1 January 2016
    static let end: Int64 = 1_767_225_600  // 1 January 2026

    private func cron(_ text: String, _ job: String) throws -> [Recurrence] {
        [.cron(try CronExpression(text).resolved(seed: "home\n\(job)"))]
    }

    private func jobs(_ zone: Zone) throws -> [JobRules] {
        let night = try #require(ClockTime(parsing: "22:00"))
        let morning = try #require(ClockTime(parsing: "06:00"))
        let two = try #require(ClockTime(parsing: "02:30"))
        return [
            JobRules(name: "nightly", recurrences: try cron("30 2 * * *", "nightly"), zone: zone),
            JobRules(name: "nightly", kind: .verify, recurrences: try cron("30 2 * * 6", "nightly"), zone: zone),
            JobRules(
                name: "hashed", recurrences: try cron("H H * * *", "hashed"), zone: zone,
                delay: Jitter.seconds(below: 7200, seed: "home\nhashed"), catchUp: .none),
            JobRules(
                name: "interval", recurrences: [.interval(seconds: 43_200, at: two, days: [])], zone: zone,
                overlap: .queue, destinations: ["disk"]),
            JobRules(
                name: "interval", kind: .verify, recurrences: try cron("H 2 * * *", "interval"), zone: zone,
                overlap: .queue, destinations: ["disk"]),
            JobRules(
                name: "weekdays", recurrences: [.interval(seconds: 86_400, at: two, days: [.monday, .friday])],
                zone: zone, after: [.init(job: "nightly", result: .success, isOptional: true)], destinations: ["disk"]),
            JobRules(
                name: "windowed", recurrences: try cron("0 12 * * *", "windowed"), zone: zone,
                window: DailySpan(from: night, to: morning), excess: .stop),
            JobRules(
                name: "monthly", recurrences: [.months(1, day: 31, at: two)], zone: zone,
                after: [.init(job: "weekdays", result: .any, isOptional: false)]),
        ]
    }

    @Test(
        "of ten years in a zone, every occurrence is accounted for exactly once",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"])
    func tenYears(_ name: String) throws {
        let zone = try #require(Zone(named: name))
        let generator = SeededGenerator.printed("ten years in \(name)")
        let scheduler = Scheduler(
            jobs: try jobs(zone), concurrentJobs: 2, concurrentUses: ["disk": 1], zone: zone)
        var world = SimulatedWorld(scheduler, from: Self.start, generator)
        try world.live(until: Self.end)
        #expect(world.ledger.repeated.isEmpty)
        for job in scheduler.jobs { check(job, world) }
        checkRuns(scheduler, world)
        print("\(name): \(world.looks) looks, \(world.past.count) runs")
    }

    /// Whether what was due is what is in the ledger, and nothing waits that should not.
    private func check(_ job: JobRules, _ world: SimulatedWorld) {
        var due: Set<Int64> = []
        var time = Timestamp(seconds: Self.start)
        while let next = job.next(after: time), next.seconds <= Self.end {
            due.insert(next.seconds)
            time = next
        }
        var kept: Set<Int64> = []
        var count = 0
        for one in (world.ledger.occurrences[job.duty] ?? [:]).values {
            // A clock that was ahead may have had runs that were due only later; those are no repetition.
            count += one.count
            if one.count == 1 {
                kept.insert(one.due.seconds)
            } else {
                kept.formUnion(due.filter { $0 >= one.due.seconds && $0 <= one.last.seconds })
            }
            #expect(!one.state.isOpen || one.due.seconds > Self.end - 86_400 * 40, "\(job.duty) \(one)")
        }
        let early = kept.filter { $0 > Self.end }
        #expect(kept.subtracting(early) == due, "\(job.duty)")
        #expect(count - early.count == due.count, "\(job.duty)")
    }

    /// Whether runs kept to their limits, windows and order.
    private func checkRuns(_ scheduler: Scheduler, _ world: SimulatedWorld) {
        var edges: [(time: Int64, isStart: Bool, job: String)] = []
        for run in world.past {
            edges += [(run.started, true, run.job), (run.ended, false, run.job)]
        }
        // Ends before beginnings of the same second.
        edges.sort { ($0.time, $0.isStart ? 1 : 0) < ($1.time, $1.isStart ? 1 : 0) }
        var running: [String: Int] = [:]
        var mistakes = 0
        for edge in edges {
            running[edge.job, default: 0] += edge.isStart ? 1 : -1
            let all = running.values.reduce(0, +)
            let disk = running["interval", default: 0] + running["weekdays", default: 0]
            if all > 2 || disk > 1 || running[edge.job, default: 0] > 1 { mistakes += 1 }
        }
        #expect(mistakes == 0)
        let runs = Dictionary(grouping: world.past, by: \.job)
        #expect(runs.values.allSatisfy { $0.count > 60 })
        // Each occurrence had one run at most: there are no further attempts here.
        #expect(Set(world.past.map { "\($0.job) \($0.kind) \($0.due)" }).count == world.past.count)
        // When both are due, the one that goes first has ended by then.
        let nightly = Dictionary((runs["nightly"] ?? []).filter { $0.kind == .backup }.map { ($0.due, $0) }) {
            first, _ in first
        }
        for run in runs["weekdays"] ?? [] {
            guard let first = nightly[run.due], first.started <= run.started else { continue }
            #expect(first.ended <= run.started)
        }
    }
}
