internal import Configuration
internal import Schedule
public import Support

/// When a job runs, before and after a change.
public struct ScheduleEffect: Sendable, Hashable {
    /// The next moments at which a job is due.
    public struct Times: Sendable, Hashable {
        /// The IANA name of the time zone; nil for that of the machine.
        public let zone: String?
        /// The moments; empty for a job that nothing starts.
        public let next: [Timestamp]
    }

    /// How many moments are named.
    public static let count = 3

    /// Before; nil for a job that is new.
    public let old: Times?
    /// After; nil for a job that is gone.
    public let new: Times?

    init(old: Times?, new: Times?) {
        self.old = old
        self.new = new
    }

    /// The change of a job's times; nil when there is none.
    /// - Parameters:
    ///   - name: the job's name.
    ///   - old: the configuration that holds; nil for none.
    ///   - new: the candidate.
    ///   - now: what the moments come after.
    init?(of name: String, _ old: Configuration?, _ new: Configuration, now: Timestamp) {
        self.init(old: Self.times(name, old, now), new: Self.times(name, new, now))
        guard self.old?.next != self.new?.next else { return nil }
        // A job that nothing starts is not moved by coming or going.
        guard self.old?.next.isEmpty == false || self.new?.next.isEmpty == false else { return nil }
    }

    private static func times(_ name: String, _ configuration: Configuration?, _ now: Timestamp) -> Times? {
        guard let configuration, let job = configuration.job(named: name) else { return nil }
        let timing = job.schedule?.timing
        let zone = timing?.timezone ?? configuration.runtime.timezone
        guard job.isEnabled, let timing else { return Times(zone: zone, next: []) }
        let place = zone.flatMap { Zone(named: $0) } ?? Zone()
        return Times(
            zone: zone,
            next: timing.next(count, after: now, in: place, seed: "\(configuration.instance)\n\(name)"))
    }
}

extension Timing {
    /// The next moments at which something is due, with the delay that `jitter` gives it.
    /// - Parameters:
    ///   - count: how many.
    ///   - time: what they come after.
    ///   - zone: whose clocks count.
    ///   - seed: what has choices of its own: the instance and the job.
    /// - Returns: the moments, in their order.
    func next(_ count: Int, after time: Timestamp, in zone: Zone, seed: String) -> [Timestamp] {
        let delay = Jitter.seconds(below: jitter?.fixedSeconds ?? 0, seed: seed)
        // Due before now, but delayed until after it.
        let start = Timestamp(seconds: time.seconds - delay)
        let moments = Set(recurrences(seed: seed).flatMap { $0.next(count, after: start, in: zone) })
        return moments.sorted().prefix(count).map { Timestamp(seconds: $0.seconds + delay) }
    }
}
