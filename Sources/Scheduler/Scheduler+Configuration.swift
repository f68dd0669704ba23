public import Configuration
public import Ledger
internal import Schedule
internal import Support

extension Scheduler {
    /// The scheduler of a configuration.
    /// - Parameters:
    ///   - configuration: the jobs and their limits.
    ///   - tolerance: seconds after its moment that an occurrence still counts as met.
    public init(_ configuration: Configuration, tolerance: Int64 = Scheduler.tolerance) {
        let limits = configuration.runtime.limits
        self.init(
            jobs: configuration.jobs.flatMap { JobRules.all($0, in: configuration) },
            concurrentJobs: limits.concurrentJobs,
            concurrentUses: configuration.destinations.compactMapValues(\.concurrentJobs),
            closures: limits.blackouts.filter(\.isClosed).map { DailySpan(from: $0.from, to: $0.to, days: $0.days) },
            zone: configuration.runtime.timezone.flatMap { Zone(named: $0) } ?? Zone(), tolerance: tolerance)
    }
}

extension RuntimeLimits.Blackout {
    /// Whether nothing may be uploaded in that time.
    fileprivate var isClosed: Bool {
        switch upload {
        case nil: true
        case .perSecond(let size): size.bytes == 0
        case .unlimited: false
        }
    }
}

extension Configuration {
    /// What is expected of every enabled job at each of its destinations.
    public var objectives: [Objective] {
        jobs.filter(\.isEnabled).flatMap { job in
            job.destinations.map {
                Objective(
                    job: job.name, destination: $0, recoveryPoint: job.objectives.recoveryPoint?.fixedSeconds)
            }
        }
    }

    /// How old the last proof of every enabled job may be that what it has stored can be read.
    public var proofObjectives: [ProofObjective] {
        jobs.filter(\.isEnabled).map { job in
            ProofObjective(
                job: job.name, destinations: job.destinations,
                kinds: JobRules.all(job, in: self).filter { $0.kind != .backup && !$0.recurrences.isEmpty }.map(\.kind),
                within: job.objectives.verifiedWithin?.fixedSeconds)
        }
    }
}
