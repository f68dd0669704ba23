internal import Configuration
public import Ledger
public import Schedule
public import Support

/// Decides what a schedule asks for: which occurrences there are, what becomes of each, and what is to begin or end.
///
/// It runs nothing, keeps nothing and knows no clock: the same configuration, memory and moment give the same decision.
/// Every occurrence comes up once, and is either ended at once or open until its run ends it.
public struct Scheduler: Sendable {
    /// Seconds after its moment that an occurrence still counts as met.
    public static let tolerance: Int64 = 300
    /// How many occurrences of a job one decision deals with.
    static let most = 10_000
    /// From how many missed in a row on they share a row.
    static let crowd = 50

    /// The duties of the jobs, in the order of the file.
    public let jobs: [JobRules]
    /// How many jobs run at the same time.
    public let concurrentJobs: Int
    /// How many jobs may use a destination at the same time, by name.
    public let concurrentUses: [String: Int]
    /// Times at which nothing may be uploaded.
    public let closures: [DailySpan]
    /// The zone of ``closures``.
    public let zone: Zone
    private let tolerance: Int64
    private let memo = NextMoments()

    /// A scheduler.
    /// - Parameters:
    ///   - jobs: the duties of the jobs, in the order of the file.
    ///   - concurrentJobs: how many run at the same time.
    ///   - concurrentUses: how many may use a destination at the same time, by name.
    ///   - closures: times at which nothing may be uploaded.
    ///   - zone: the zone of these.
    ///   - tolerance: seconds after its moment that an occurrence still counts as met.
    public init(
        jobs: [JobRules], concurrentJobs: Int = 1, concurrentUses: [String: Int] = [:], closures: [DailySpan] = [],
        zone: Zone = .utc, tolerance: Int64 = Scheduler.tolerance
    ) {
        self.jobs = jobs
        self.concurrentJobs = concurrentJobs
        self.concurrentUses = concurrentUses
        self.closures = closures
        self.zone = zone
        self.tolerance = tolerance
    }

    /// Decides.
    /// - Parameters:
    ///   - now: the present; may be before that of an earlier decision, when the clock was set back.
    ///   - memory: what the ledger remembers.
    ///   - pauses: what is paused.
    ///   - running: what is at work.
    /// - Returns: what is to be done.
    public func decide(
        at now: Timestamp, memory: [Duty: JobMemory], pauses: [Pause] = [], running: [RunningJob] = []
    ) -> Decision {
        let now = Timestamp(seconds: now.seconds)
        var decision = Decision()
        var state = DecisionState(
            memory: memory, paused: Set(pauses.compactMap(\.job)), isAllPaused: pauses.contains { $0.job == nil },
            running: Dictionary(running.map { ($0.job, $0) }) { first, _ in first })
        for job in jobs { lookAt(job, now, &state, &decision.facts) }
        endRemoved(state, &decision.facts)
        decision.stops = stops(now, state)
        start(now, state, &decision)
        return decision
    }

    /// When a job that is accounted for up to a moment is due next; nil when it never is, or its moment is unknown.
    public func next(of job: JobRules, after decided: Timestamp?) -> Timestamp? {
        decided.flatMap { memo.next(of: job, after: $0) }
    }

    /// Whether the schedule lets a job work at that moment.
    func isOpen(_ job: JobRules, _ now: Timestamp) -> Bool {
        if closures.contains(where: { $0.contains(now, in: zone) }) { return false }
        return job.window?.contains(now, in: job.zone) ?? true
    }

    // MARK: What comes up

    /// Accounts for every moment of a duty up to the present.
    private func lookAt(_ job: JobRules, _ now: Timestamp, _ state: inout DecisionState, _ facts: inout ScheduleFacts) {
        var memory = state.memory[job.duty] ?? JobMemory()
        defer { state.memory[job.duty] = memory }
        guard !job.recurrences.isEmpty else { return }
        guard let decided = memory.decided else {
            // What was before anybody knew of the job is nobody's fault.
            facts.decided[job.duty] = now
            return
        }
        guard decided <= now else {
            facts.rewound[job.duty] = now
            return
        }
        let (all, isAll) = job.moments(after: decided, through: now, limit: Self.most, memo: memo)
        guard let last = all.last else { return }
        facts.decided[job.duty] = isAll ? now : last
        let moments = all.filter { !memory.accounted.contains($0.seconds) }
        let isPaused = state.isAllPaused || state.paused.contains(job.name)
        if isPaused {
            facts.occurrences += moments.map {
                Occurrence(job: job.name, kind: job.kind, due: $0, state: .skipped, reason: .paused)
            }
            return
        }
        let newest = isAll ? moments.last : nil
        addMissed(job, newest == nil ? moments[...] : moments.dropLast(), &facts)
        guard let newest else { return }
        if job.catchUp == .none, now.seconds - newest.seconds > tolerance {
            addMissed(job, [newest], &facts)
            return
        }
        let fate = fate(of: job, newest, now, &memory, state, &facts)
        facts.occurrences.append(
            Occurrence(
                job: job.name, kind: job.kind, due: newest, state: fate == nil ? .waiting : .skipped, reason: fate))
    }

    /// What speaks against an occurrence; nil for nothing, and then it waits for its run.
    private func fate(
        of job: JobRules, _ due: Timestamp, _ now: Timestamp, _ memory: inout JobMemory, _ state: DecisionState,
        _ facts: inout ScheduleFacts
    ) -> Occurrence.SkipReason? {
        let waiting = memory.open.filter { !$0.isRunning }
        // Work of another kind holds it up, and takes nothing away from it.
        let isRunning = state.running[job.name]?.kind == job.kind || memory.open.contains { $0.isRunning }
        // Who has only waited for the window to open gives way to the next, so that this one runs in its own time.
        if !isRunning, let older = waiting.first, waiting.count == 1, older.attempts == 0,
            !isOpen(job, Timestamp(seconds: due.seconds - 1))
        {
            facts.endings.append(
                ScheduleFacts.Ending(job.duty, due: older.due, state: .skipped, reason: .window))
            memory.open.removeAll { $0.due == older.due }
        } else if !waiting.isEmpty || isRunning && job.overlap == .skip {
            return .overlap
        }
        memory.open.append(JobMemory.Open(due: due))
        return nil
    }

    private func addMissed(_ job: JobRules, _ moments: ArraySlice<Timestamp>, _ facts: inout ScheduleFacts) {
        guard let first = moments.first, let last = moments.last else { return }
        if moments.count >= Self.crowd {
            facts.occurrences.append(
                Occurrence(
                    job: job.name, kind: job.kind, due: first, last: last, count: moments.count, state: .missed))
        } else {
            facts.occurrences += moments.map {
                Occurrence(job: job.name, kind: job.kind, due: $0, state: .missed)
            }
        }
    }

    /// Ends what waits for a job that is not there any more, or has no schedule.
    private func endRemoved(_ state: DecisionState, _ facts: inout ScheduleFacts) {
        let scheduled = Set(jobs.filter { !$0.recurrences.isEmpty }.map(\.duty))
        for (duty, memory) in state.memory.sorted(by: { $0.key < $1.key }) where !scheduled.contains(duty) {
            facts.endings += memory.open.filter { !$0.isRunning }.map {
                ScheduleFacts.Ending(duty, due: $0.due, state: .skipped, reason: .removed)
            }
        }
    }
}

/// What a decision is made of, while it is made.
struct DecisionState {
    var memory: [Duty: JobMemory]
    let paused: Set<String>
    let isAllPaused: Bool
    let running: [String: RunningJob]
}
