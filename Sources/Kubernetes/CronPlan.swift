internal import Configuration
internal import Schedule

/// A job's schedule as CronJobs can follow it.
struct CronPlan {
    /// Expressions of five fields; a CronJob for each.
    private(set) var expressions: [String] = []
    /// The IANA name of the zone whose clocks count.
    private(set) var zone = "Etc/UTC"
    /// Whether nothing begins by itself.
    private(set) var isSuspended = false
    /// For how many seconds a run may still begin that should have begun before.
    private(set) var startingDeadline = 300
    /// After how many seconds a run is stopped, with all its attempts; nil for never.
    private(set) var activeDeadline: Int?
    /// How often a pod is tried again that was killed.
    let retries: Int

    private static let never = "0 0 1 1 *"

    init(_ job: JobSpecification, _ configuration: Configuration, _ findings: inout RenderFindings) {
        let attempts = max(1, job.retry.map { $0.attempts ?? 3 } ?? 1)
        retries = attempts - 1
        guard let schedule = job.schedule else {
            (expressions, isSuspended) = ([Self.never], true)
            return
        }
        isSuspended = !job.isEnabled
        setZone(schedule.timing.timezone ?? configuration.runtime.timezone, job, &findings)
        let fields = fields(schedule.timing, job, configuration, &findings)
        expressions = fields.flatMap(\.expressions)
        // With more than a hundred missed moments a CronJob would not begin at all.
        let perDay = fields.reduce(0) { $0 + $1.minutes.count }
        if schedule.catchUp == .once { startingDeadline = perDay <= 90 ? 86_400 : 3600 }
        activeDeadline = schedule.timeout.map { Self.seconds($0.fixedSeconds, job.retry, attempts) }
        if let window = schedule.window { keep(to: window, fields, job, &findings) }
        for order in schedule.after {
            findings.warn(
                "CronJobs know no order, so it does not wait for \(order.job): leave time between the two, or use "
                    + "`--mode daemon`", job: job.name, "schedule", "after")
        }
        if expressions.isEmpty { expressions = [Self.never] }
    }

    private mutating func setZone(_ name: String?, _ job: JobSpecification, _ findings: inout RenderFindings) {
        guard let name else { return }
        zone = name
        // What the API server refuses: names that only programs of this kind know.
        let isOffset = ["GMT+", "GMT-", "UTC+", "UTC-"].contains { name.uppercased().hasPrefix($0) }
        guard Zone(named: name) == nil || isOffset || name.lowercased() == "local" else { return }
        findings.refuse(
            "Kubernetes does not know the time zone \(name): write a name of the IANA, such as Europe/Berlin",
            job: job.name, "schedule", "timezone")
    }

    private func fields(
        _ timing: Timing, _ job: JobSpecification, _ configuration: Configuration, _ findings: inout RenderFindings
    ) -> [FiveFields] {
        let seed = "\(configuration.instance)\n\(job.name)"
        let delay = Jitter.seconds(below: timing.jitter?.fixedSeconds ?? 0, seed: seed)
        var fields: [FiveFields] = []
        for recurrence in timing.recurrences(seed: seed) {
            do throws(CronProblem) {
                let own = try recurrence.fiveFields(delay: delay)
                if !fields.contains(own) { fields.append(own) }
            } catch {
                findings.refuse(
                    "a CronJob cannot follow its schedule: \(error). Write another one, or use `--mode daemon`",
                    job: job.name, "schedule")
            }
        }
        return fields
    }

    /// The time of all attempts, with the pauses between them.
    private static func seconds(_ timeout: Int64, _ retry: RetrySpecification?, _ attempts: Int) -> Int {
        var total = timeout
        for attempt in 1..<max(attempts, 1) {
            total += timeout + min(retry?.initial?.fixedSeconds ?? 60, 86_400) << Int64(min(attempt - 1, 5))
        }
        return Int(min(max(total, 1), 31_536_000))
    }

    // MARK: Windows

    /// A CronJob begins when it is due and not later: whatever is due outside of the window would never do.
    private mutating func keep(
        to window: ScheduleSpecification.Window, _ fields: [FiveFields], _ job: JobSpecification,
        _ findings: inout RenderFindings
    ) {
        let (from, to) = (window.from.minutes, window.to.minutes)
        let length = to > from ? to - from : to - from + 1440
        var shortest = length
        for field in fields {
            let days = field.weekdays
            let opening = Set(window.days.map(\.number))
            for minute in field.minutes {
                let since = (minute - from % 1440 + 1440) % 1440
                // After midnight it is the window of the day before.
                let begun = Set(days.map { minute < from ? ($0 + 6) % 7 : $0 })
                guard since < length, window.days.isEmpty || begun.isSubset(of: opening) else {
                    return findings.refuse(
                        "it is due outside of its window (\(window.from) to \(window.to)), and a CronJob cannot wait "
                            + "for it to open: change the one or the other, or use `--mode daemon`", job: job.name,
                        "schedule", "window")
                }
                shortest = min(shortest, length - since)
            }
        }
        guard window.excess != .continue else { return }
        activeDeadline = min(activeDeadline ?? .max, shortest * 60)
        if window.excess == .suspend {
            findings.warn(
                "a run that is not done when its window closes ends with a partial version, and the next one goes on",
                job: job.name, "schedule", "window")
        }
    }
}
