import Ledger
import Schedule
import Scheduler
import Support
import TestSupport

/// A machine with a schedule: its clock, its memory, runs that take a while, and everything that happens to machines.
struct SimulatedWorld {
    /// A run that is at work.
    struct Run {
        let job: String
        let kind: RunKind
        let due: Timestamp
        let attempt: Int
        /// By the true time.
        let started: Int64
        var ends: Int64
    }

    /// A run of the past, by the true time.
    struct Past: Hashable {
        let job: String
        let kind: RunKind
        let due: Int64
        let started: Int64
        let ended: Int64
        let isGood: Bool
    }

    let scheduler: Scheduler
    /// The true time, and what the machine's clock shows beyond it.
    private(set) var time: Int64
    private(set) var skew: Int64 = 0
    var memory: [Duty: JobMemory] = [:]
    var running: [String: Run] = [:]
    private(set) var ledger = MirroredLedger()
    private(set) var past: [Past] = []
    private(set) var looks = 0
    var pauses: [Pause] = []
    var generator: SeededGenerator
    /// The probabilities of what may happen at each look, in thousandths.
    var trouble = Trouble()
    /// Is told of everything that is to be kept.
    var observer: (ScheduleFacts, Timestamp) throws -> Void = { _, _ in }

    struct Trouble {
        var kill = 2
        var step = 1
        var failure = 100
    }

    init(_ scheduler: Scheduler, from start: Int64, _ generator: SeededGenerator) {
        self.scheduler = scheduler
        time = start
        self.generator = generator
    }

    var clock: Timestamp { Timestamp(seconds: time + skew) }

    /// Lives until the true time is `end`, with the clock right again at the end.
    mutating func live(until end: Int64) throws {
        while time < end {
            finishRuns()
            while try look() {}
            happen(before: end)
            time = max(time + 1, min(end, nextMoment()))
        }
        skew = 0
        finishRuns()
        while try look() {}
    }

    /// When something is to be done next, by the true time.
    private func nextMoment() -> Int64 {
        var next = time + 43_200
        for job in scheduler.jobs {
            if let due = scheduler.next(of: job, after: memory[job.duty]?.decided) {
                next = min(next, due.seconds - skew)
            }
            for open in memory[job.duty]?.open ?? [] {
                if let moment = open.notBefore { next = min(next, max(time + 1, moment.seconds - skew)) }
                if !open.isRunning, let opening = job.window?.next(after: clock, in: job.zone) {
                    next = min(next, opening.seconds - skew)
                }
            }
        }
        for run in running.values { next = min(next, run.ends) }
        return next
    }

    // MARK: What happens

    private mutating func happen(before end: Int64) {
        let chance = Int.random(in: 0..<1000, using: &generator)
        if chance < trouble.kill {
            // The process dies, and what it ran with it; a machine may stay off for days.
            for (name, run) in running { conclude(run, name, good: false, state: .interrupted) }
            running = [:]
            let off = [60, 600, 7200, 90_000, 400_000].randomElement(using: &generator) ?? 60
            time = min(end, time + Int64.random(in: 1...Int64(off), using: &generator))
        } else if chance < trouble.kill + trouble.step {
            let step = [5, 3600, 100_000].randomElement(using: &generator) ?? 5
            skew = skew != 0 ? 0 : Int64.random(in: Int64(-step)...Int64(step), using: &generator)
        }
    }

    private mutating func finishRuns() {
        for (name, run) in running.sorted(by: { $0.key < $1.key }) where run.ends <= time {
            running[name] = nil
            let isGood = Int.random(in: 0..<1000, using: &generator) >= trouble.failure
            conclude(run, name, good: isGood, state: isGood ? .success : .failed)
        }
    }

    private mutating func conclude(_ run: Run, _ name: String, good: Bool, state: Occurrence.State) {
        past.append(
            Past(
                job: name, kind: run.kind, due: run.due.seconds, started: run.started, ended: min(run.ends, time),
                isGood: good))
        let duty = Duty(name, run.kind)
        ledger.end(duty, run.due, state)
        memory[duty]?.open.removeAll { $0.due == run.due }
        let now = clock
        memory[duty]?.ended = now
        memory[duty]?.endedGood = good
        if good { memory[duty]?.good = now }
    }

    private mutating func look() throws -> Bool {
        looks += 1
        let now = clock
        let decision = scheduler.decide(
            at: now, memory: memory, pauses: pauses,
            running: running.values.map {
                RunningJob(
                    job: $0.job, kind: $0.kind, started: Timestamp(seconds: now.seconds - (time - $0.started)))
            })
        try observer(decision.facts, now)
        ledger.keep(decision.facts, &memory)
        for stop in decision.stops { running[stop.job]?.ends = time }
        for start in decision.starts {
            let length = Int64.random(
                in: 1...(Int.random(in: 0..<20, using: &generator) == 0 ? 40_000 : 1500), using: &generator)
            let duty = Duty(start.job, start.kind)
            running[start.job] = Run(
                job: start.job, kind: start.kind, due: start.due, attempt: start.attempt, started: time,
                ends: time + length)
            ledger.end(duty, start.due, .running)
            memory[duty]?.started = now
            for index in memory[duty]?.open.indices ?? 0..<0 where memory[duty]?.open[index].due == start.due {
                memory[duty]?.open[index].isRunning = true
                memory[duty]?.open[index].attempts = start.attempt
            }
        }
        return !decision.facts.isEmpty
    }
}

/// What a ledger does with facts, in plain values: each moment of each job has one state.
struct MirroredLedger {
    private(set) var occurrences: [Duty: [Int64: Occurrence]] = [:]
    /// Moments that were to be kept a second time.
    private(set) var repeated: [Occurrence] = []

    mutating func end(_ duty: Duty, _ due: Timestamp, _ state: Occurrence.State) {
        occurrences[duty]?[due.seconds]?.state = state
    }

    mutating func keep(_ facts: ScheduleFacts, _ memory: inout [Duty: JobMemory]) {
        for (duty, moment) in facts.rewound { rewind(duty, moment.seconds, &memory) }
        for ending in facts.endings {
            occurrences[ending.duty]?[ending.due.seconds]?.state = ending.state
            occurrences[ending.duty]?[ending.due.seconds]?.reason = ending.reason
            memory[ending.duty]?.open.removeAll { $0.due == ending.due }
        }
        for one in facts.occurrences {
            if occurrences[one.duty]?[one.due.seconds] != nil { repeated.append(one) }
            occurrences[one.duty, default: [:]][one.due.seconds] = one
            if one.state == .waiting { memory[one.duty, default: JobMemory()].open.append(.init(due: one.due)) }
        }
        for (duty, moment) in facts.decided {
            memory[duty, default: JobMemory()].decided = moment
            let ahead: Set<Int64> = memory[duty]?.accounted.filter { $0 > moment.seconds } ?? []
            memory[duty]?.accounted = ahead
        }
    }

    private mutating func rewind(_ duty: Duty, _ moment: Int64, _ memory: inout [Duty: JobMemory]) {
        let known = occurrences[duty] ?? [:]
        func isNothing(_ one: Occurrence) -> Bool { one.state == .missed || one.state == .skipped }
        let start = known.values.filter { isNothing($0) && $0.due.seconds <= moment && $0.last.seconds > moment }
            .map { $0.due.seconds - 1 }.min()
        let moment = start ?? moment
        occurrences[duty] = known.filter { !isNothing($0.value) || $0.key <= moment }
        memory[duty]?.decided = Timestamp(seconds: moment)
        memory[duty]?.accounted = Set(occurrences[duty, default: [:]].keys.filter { $0 > moment })
    }
}
