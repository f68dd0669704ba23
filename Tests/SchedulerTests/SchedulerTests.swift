import Ledger
import Schedule
import Support
import Testing

@testable import Configuration
@testable import Scheduler

/// Each rule of a schedule by itself.
@Suite struct SchedulerTests {
    /// Sunday, 22 November 2026, 00:00 UTC.
    static let midnight: Int64 = 1_795_305_600

    private func at(_ hours: Double) -> Timestamp { Timestamp(seconds: Self.midnight + Int64(hours * 3600)) }

    private func hourly(_ name: String = "job", _ change: (inout JobRules) -> Void = { _ in }) throws -> JobRules {
        var rules = JobRules(name: name, recurrences: [.cron(try CronExpression("0 * * * *").resolved(seed: ""))])
        change(&rules)
        return rules
    }

    private func memory(_ decided: Timestamp, _ open: [JobMemory.Open] = []) -> JobMemory {
        var memory = JobMemory()
        memory.decided = decided
        memory.open = open
        return memory
    }

    @Test("what was due before a job was known is nobody's fault")
    func unknown() throws {
        let decision = Scheduler(jobs: [try hourly()]).decide(at: at(5), memory: [:])
        #expect(decision.facts.decided == ["job": at(5)])
        #expect(decision.facts.occurrences.isEmpty && decision.starts.isEmpty)
    }

    @Test("after downtime the newest run is made up for, and the others are missed")
    func catchUp() throws {
        let decision = Scheduler(jobs: [try hourly()]).decide(at: at(5.5), memory: ["job": memory(at(1.5))])
        #expect(decision.facts.occurrences.map(\.state) == [.missed, .missed, .missed, .waiting])
        #expect(decision.starts == [.init(job: "job", due: at(5), attempt: 1, trigger: .catchUp)])
    }

    @Test("without catching up, all of them are missed, and nothing begins")
    func noCatchUp() throws {
        let job = try hourly { $0.catchUp = .none }
        let decision = Scheduler(jobs: [job]).decide(at: at(5.5), memory: ["job": memory(at(1.5))])
        #expect(decision.facts.occurrences.map(\.state) == [.missed, .missed, .missed, .missed])
        #expect(decision.starts.isEmpty)
    }

    @Test("many that were missed in a row share a row, and are counted")
    func crowd() throws {
        let decision = Scheduler(jobs: [try hourly()]).decide(at: at(200.5), memory: ["job": memory(at(0.5))])
        let missed = decision.facts.occurrences.filter { $0.state == .missed }
        #expect(missed == [Occurrence(job: "job", due: at(1), last: at(199), count: 199, state: .missed)])
    }

    @Test(
        "a run that is due while the last one is at work is dropped, or waits: one at most",
        arguments: [ScheduleSpecification.Overlap.skip, .queue])
    func overlap(_ overlap: ScheduleSpecification.Overlap) throws {
        let scheduler = Scheduler(jobs: [try hourly { $0.overlap = overlap }], concurrentJobs: 5)
        let running = [RunningJob(job: "job", started: at(1))]
        let open = JobMemory.Open(due: at(1), isRunning: true, attempts: 1)
        let second = scheduler.decide(at: at(2), memory: ["job": memory(at(1.5), [open])], running: running)
        #expect(second.facts.occurrences.map(\.state) == [overlap == .skip ? .skipped : .waiting])
        #expect(second.starts.isEmpty)
        let third = scheduler.decide(
            at: at(3), memory: ["job": memory(at(2.5), [open, .init(due: at(2))])], running: running)
        #expect(third.facts.occurrences.map(\.reason) == [.overlap])
    }

    @Test("what is due while a job is paused is skipped, and what waits goes on waiting")
    func pause() throws {
        let scheduler = Scheduler(jobs: [try hourly()])
        let waiting = memory(at(1.5), [.init(due: at(1))])
        let decision = scheduler.decide(
            at: at(2), memory: ["job": waiting], pauses: [Pause(job: nil, since: at(0), reason: nil)])
        #expect(decision.facts.occurrences.map(\.reason) == [.paused])
        #expect(decision.starts.isEmpty)
    }

    @Test("no more begin than may, oldest first; one that may not holds up nobody")
    func limits() throws {
        let jobs = try ["a", "b", "c", "d"].map { name in
            try hourly(name) { $0.destinations = name == "d" ? ["tape"] : ["disk"] }
        }
        let scheduler = Scheduler(jobs: jobs, concurrentJobs: 2, concurrentUses: ["disk": 1])
        var memories: [Duty: JobMemory] = [:]
        for job in jobs { memories[job.duty] = memory(at(0.5)) }
        #expect(scheduler.decide(at: at(1), memory: memories).starts.map(\.job) == ["a", "d"])
    }

    @Test("a window holds a run back until it opens, and a newer one takes its place")
    func window() throws {
        let span = DailySpan(
            from: try #require(ClockTime(parsing: "22:00")), to: try #require(ClockTime(parsing: "06:00")))
        let scheduler = Scheduler(jobs: [try hourly { $0.window = span }])
        let noon = scheduler.decide(at: at(12), memory: ["job": memory(at(11.5), [.init(due: at(11))])])
        #expect(noon.facts.endings == [.init("job", due: at(11), state: .skipped, reason: .window)])
        #expect(noon.facts.occurrences.map(\.state) == [.waiting])
        #expect(noon.starts.isEmpty)
        let opening = scheduler.decide(at: at(22), memory: ["job": memory(at(21.5), [.init(due: at(21))])])
        #expect(opening.starts.map(\.due) == [at(22)])
        let closing = scheduler.decide(
            at: at(30), memory: ["job": memory(at(30), [.init(due: at(22), isRunning: true, attempts: 1)])],
            running: [RunningJob(job: "job", started: at(22))])
        #expect(closing.stops == [.init(job: "job", reason: .suspended)])
        let again = JobMemory.Open(due: at(22), attempts: 1, notBefore: at(30))
        #expect(scheduler.decide(at: at(31.5), memory: ["job": memory(at(31), [again])]).starts.isEmpty)
        let next = scheduler.decide(at: at(46), memory: ["job": memory(at(46), [again])])
        #expect(next.starts == [.init(job: "job", due: at(22), attempt: 2, trigger: .retry)])
    }

    @Test("a time without uploads closes for every job")
    func closure() throws {
        let day = DailySpan(
            from: try #require(ClockTime(parsing: "08:00")), to: try #require(ClockTime(parsing: "18:00")))
        let scheduler = Scheduler(jobs: [try hourly()], closures: [day])
        #expect(scheduler.decide(at: at(9), memory: ["job": memory(at(8.5))]).starts.isEmpty)
        #expect(scheduler.decide(at: at(18), memory: ["job": memory(at(17.5))]).starts.count == 1)
    }

    @Test("a job goes after another, and not at all when that one failed", arguments: [true, false])
    func after(_ isGood: Bool) throws {
        let second = try hourly("second") { $0.after = [.init(job: "first", result: .success, isOptional: true)] }
        let scheduler = Scheduler(jobs: [second, try hourly("first")], concurrentJobs: 5)
        let both = scheduler.decide(at: at(1), memory: ["first": memory(at(0.5)), "second": memory(at(0.5))])
        #expect(both.starts.map(\.job) == ["first"])
        var first = memory(at(1))
        first.ended = at(1.2)
        first.endedGood = isGood
        let later = scheduler.decide(
            at: at(1.2), memory: ["first": first, "second": memory(at(1), [.init(due: at(1))])])
        #expect(later.starts.map(\.job) == (isGood ? ["second"] : []))
        #expect(later.facts.endings.map(\.reason) == (isGood ? [] : [.after]))
    }

    @Test("a run that takes longer than it may is stopped")
    func timeout() throws {
        let scheduler = Scheduler(jobs: [try hourly { $0.timeout = 1800 }])
        let open = JobMemory.Open(due: at(1), isRunning: true, attempts: 1)
        func stops(_ hours: Double) -> [Decision.Stop] {
            scheduler.decide(
                at: at(hours), memory: ["job": memory(at(1), [open])],
                running: [RunningJob(job: "job", started: at(1))]
            ).stops
        }
        #expect(stops(1.4).isEmpty)
        #expect(stops(1.5) == [.init(job: "job", reason: .timeout)])
    }

    @Test("a clock that is set back repeats nothing that has run, and comes again to what was missed")
    func clockSetBack() throws {
        let scheduler = Scheduler(jobs: [try hourly()])
        let back = scheduler.decide(at: at(2.5), memory: ["job": memory(at(9.5))])
        #expect(back.facts.rewound == ["job": at(2.5)])
        #expect(back.facts.occurrences.isEmpty)
        var ahead = memory(at(2.5))
        ahead.accounted = [at(3).seconds]
        #expect(scheduler.decide(at: at(3), memory: ["job": ahead]).starts.isEmpty)
        #expect(scheduler.decide(at: at(4), memory: ["job": ahead]).starts.map(\.due) == [at(4)])
    }

    @Test("a check that is due during a backup waits for it, and a backup for a check, whatever may overlap")
    func duties() throws {
        let check = try hourly { $0.kind = .verify }
        let scheduler = Scheduler(jobs: [try hourly(), check], concurrentJobs: 5)
        let known: [Duty: JobMemory] = ["job": memory(at(1)), Duty("job", .verify): memory(at(1))]
        let both = scheduler.decide(at: at(2), memory: known)
        #expect(both.facts.occurrences.map(\.kind) == [.backup, .verify])
        #expect(both.starts.map(\.kind) == [.backup])
        for kind in [RunKind.backup, .verify] {
            let running = [RunningJob(job: "job", kind: kind, started: at(1))]
            let during = scheduler.decide(at: at(2), memory: known, running: running)
            #expect(during.starts.isEmpty)
            // What is at work of the same kind has it dropped; of another kind it is waited for.
            let states = Dictionary(during.facts.occurrences.map { ($0.kind, $0.state) }) { $1 }
            #expect(states == [kind: .skipped, kind == .backup ? .verify : .backup: .waiting])
        }
    }

    @Test("a check has a time of its own: it is stopped after it, and does not count as the run that others wait for")
    func checkRules() throws {
        let check = try hourly("first") {
            $0.kind = .verify
            $0.timeout = 1800
        }
        let second = try hourly("second") { $0.after = [.init(job: "first", result: .success, isOptional: true)] }
        let scheduler = Scheduler(jobs: [check, second], concurrentJobs: 5)
        let running = [RunningJob(job: "first", kind: .verify, started: at(1))]
        let decision = scheduler.decide(at: at(2), memory: ["second": memory(at(1.5))], running: running)
        #expect(decision.starts.map(\.job) == ["second"])
        #expect(decision.stops == [.init(job: "first", reason: .timeout)])
    }

    @Test("what a job does beside its backups is due at moments of its own, by its own chance, and never in a window")
    func configured() throws {
        let text = """
            version: 1
            instance: home
            runtime: { timezone: UTC }
            destinations: { disk: { url: "file:///backup/{job}" } }
            jobs:
              photos:
                sources: [{ path: /photos }]
                destinations: [disk]
                encryption: none
                schedule: { cron: "H 2 * * *", on_overlap: queue, window: { from: "22:00", to: "06:00" }, timeout: 4h }
                verify: { remote: { schedule: "H 5 * * 6" } }
              plain:
                sources: [{ path: /plain }]
                destinations: [disk]
                encryption: none

            """
        let configuration = try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "a.yaml", folder: "/", environment: [:]
        )
        .configuration
        let rules = try #require(configuration.job(named: "photos").map { JobRules.all($0, in: configuration) })
        #expect(rules.map(\.duty) == ["photos", Duty("photos", .verify)])
        #expect(rules[1].window == nil && rules[1].timeout == 14_400 && rules[1].overlap == .queue)
        let next = try #require(rules[1].next(after: at(0)))
        #expect(next > at(6 * 24 + 5) && next < at(6 * 24 + 6), "a Saturday")
        #expect(configuration.job(named: "plain").map { JobRules.all($0, in: configuration).count } == 1)
        #expect(Scheduler(configuration).jobs.map(\.duty) == ["photos", Duty("photos", .verify), "plain"])
    }

    @Test("what waits for a job that is gone is ended")
    func removed() {
        let decision = Scheduler(jobs: []).decide(at: at(1), memory: ["old": memory(at(0), [.init(due: at(0))])])
        #expect(decision.facts.endings.map(\.reason) == [.removed])
    }

    @Test(
        "pauses between attempts grow as the job says",
        arguments: [
            (RetrySpecification.Backoff.none, [10, 10, 10]), (.linear, [10, 20, 30]), (.exponential, [10, 20, 35]),
        ])
    func retry(_ backoff: RetrySpecification.Backoff, _ pauses: [Int64]) {
        var rule = RetryRule(nil)
        #expect(rule.pause(after: 1) == nil)
        rule.attempts = 4
        rule.backoff = backoff
        rule.initial = 10
        rule.longest = 35
        #expect((1...4).map { rule.pause(after: $0) } == pauses + [nil])
    }

    @Test("minutes in which more jobs begin than may are found")
    func collisions() throws {
        let jobs = [try hourly("a"), try hourly("b") { $0.delay = 30 }, try hourly("c") { $0.delay = 600 }]
        let agenda = Agenda(jobs, after: at(0.5))
        #expect(agenda.collisions(2, room: 1).map(\.jobs) == [["a", "b"], ["a", "b"]])
        #expect(agenda.collisions(2, room: 2).isEmpty)
        #expect(agenda.next(4).map(\.jobs) == [["a"], ["b"], ["c"], ["a"]])
    }
}
