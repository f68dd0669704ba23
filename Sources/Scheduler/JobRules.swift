public import Configuration
public import Ledger
public import Schedule
public import Support

/// What a schedule has to know of one duty of a job.
public struct JobRules: Sendable, Hashable {
    /// The job's name.
    public var name: String
    /// What is to be done.
    public var kind: RunKind
    /// When it is due, before ``delay``; any of them.
    public var recurrences: [Recurrence]
    /// Whose clocks count.
    public var zone: Zone
    /// Seconds that it begins later: the stable choice of its jitter.
    public var delay: Int64
    /// What becomes of runs that were missed.
    public var catchUp: ScheduleSpecification.CatchUp
    /// What becomes of a run that is due while the last one is not done.
    public var overlap: ScheduleSpecification.Overlap
    /// The part of the day in which it may work.
    public var window: DailySpan?
    /// What becomes of a run that is not done when the window closes.
    public var excess: ScheduleSpecification.Window.Excess
    /// The jobs that go first.
    public var after: [ScheduleSpecification.Order]
    /// How long a run may take, in seconds.
    public var timeout: Int64?
    /// The destinations that it goes to.
    public var destinations: Set<String>

    /// Whose rules these are.
    public var duty: Duty { Duty(name, kind) }

    /// The rules of a job; one without recurrences is never due.
    public init(
        name: String, kind: RunKind = .backup, recurrences: [Recurrence] = [], zone: Zone = .utc, delay: Int64 = 0,
        catchUp: ScheduleSpecification.CatchUp = .once, overlap: ScheduleSpecification.Overlap = .skip,
        window: DailySpan? = nil, excess: ScheduleSpecification.Window.Excess = .suspend,
        after: [ScheduleSpecification.Order] = [], timeout: Int64? = nil, destinations: Set<String> = []
    ) {
        self.name = name
        self.kind = kind
        self.recurrences = recurrences
        self.zone = zone
        self.delay = delay
        self.catchUp = catchUp
        self.overlap = overlap
        self.window = window
        self.excess = excess
        self.after = after
        self.timeout = timeout
        self.destinations = destinations
    }

    /// The rules of everything that a configured job does at times of its own: its backups go first.
    /// - Parameters:
    ///   - job: the job.
    ///   - configuration: what it belongs to.
    /// - Returns: the rules, also of backups that nothing starts.
    public static func all(_ job: JobSpecification, in configuration: Configuration) -> [JobRules] {
        let beside: [(RunKind, Timing)] = [job.verification.remote.map { (.verify, $0.timing) }].compactMap(\.self)
        return [JobRules(job, in: configuration)]
            + beside.map { JobRules(job, $0, at: $1, in: configuration) }
    }

    /// The rules of what a job does beside its backups.
    ///
    /// What becomes of moments that are missed or overlap, and how long it may take, is as for the job's backups; the
    /// window and the order are for those alone.
    private init(_ job: JobSpecification, _ kind: RunKind, at timing: Timing, in configuration: Configuration) {
        let seed = "\(configuration.instance)\n\(job.name)\n\(kind.rawValue)"
        self.init(
            name: job.name, kind: kind, recurrences: job.isEnabled ? timing.recurrences(seed: seed) : [],
            zone: Self.zone(timing, configuration),
            delay: Jitter.seconds(below: timing.jitter?.fixedSeconds ?? 0, seed: seed),
            catchUp: job.schedule?.catchUp ?? .once, overlap: job.schedule?.overlap ?? .skip,
            timeout: job.schedule?.timeout?.fixedSeconds, destinations: Set(job.destinations))
    }

    private static func zone(_ timing: Timing?, _ configuration: Configuration) -> Zone {
        (timing?.timezone ?? configuration.runtime.timezone).flatMap { Zone(named: $0) } ?? Zone()
    }

    /// The rules of a configured job's backups.
    /// - Parameters:
    ///   - job: the job.
    ///   - configuration: what it belongs to: its instance seeds what is chosen, its zone is the usual one.
    public init(_ job: JobSpecification, in configuration: Configuration) {
        let schedule = job.schedule
        let seed = "\(configuration.instance)\n\(job.name)"
        self.init(
            name: job.name,
            recurrences: job.isEnabled ? schedule?.timing.recurrences(seed: seed) ?? [] : [],
            zone: Self.zone(schedule?.timing, configuration),
            delay: Jitter.seconds(below: schedule?.timing.jitter?.fixedSeconds ?? 0, seed: seed),
            catchUp: schedule?.catchUp ?? .once, overlap: schedule?.overlap ?? .skip,
            window: schedule?.window.map { DailySpan(from: $0.from, to: $0.to, days: $0.days) },
            excess: schedule?.window?.excess ?? .suspend, after: schedule?.after ?? [],
            timeout: schedule?.timeout?.fixedSeconds, destinations: Set(job.destinations))
    }

    /// The first moment after `time` at which it is due; nil when there is none in the next forty years.
    public func next(after time: Timestamp) -> Timestamp? {
        // Due before, but delayed until after it.
        let start = Timestamp(seconds: time.seconds - delay)
        return recurrences.compactMap { $0.next(after: start, in: zone) }.min()
            .map { Timestamp(seconds: $0.seconds + delay) }
    }

    /// The next moments, the first `count` after `time`.
    public func next(_ count: Int, after time: Timestamp) -> [Timestamp] {
        var found: [Timestamp] = []
        var time = time
        while found.count < count, let next = next(after: time) {
            found.append(next)
            time = next
        }
        return found
    }

    /// The moments after one and up to another.
    /// - Returns: the moments, and whether these are all: no more than `limit` are looked for.
    func moments(
        after start: Timestamp, through end: Timestamp, limit: Int, memo: NextMoments
    ) -> (found: [Timestamp], isAll: Bool) {
        var found: [Timestamp] = []
        var time = start
        while let next = memo.next(of: self, after: time), next <= end {
            guard found.count < limit else { return (found, false) }
            found.append(next)
            time = next
        }
        return (found, true)
    }
}
