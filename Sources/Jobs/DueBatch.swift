internal import Configuration
internal import Ledger
internal import Logging
internal import Scheduler
internal import Support

/// What schedules ask for since they were last looked at, one run after the other: for a system's own timers.
///
/// The decisions are those of a service, so the two do not work side by side.
public struct DueBatch: Sendable {
    /// Seconds after its moment that an occurrence still counts as met: timers are not as exact as a service.
    static let tolerance: Int64 = 3600
    private let context: RunContext

    /// A batch, not yet begun.
    public init(in context: RunContext) {
        self.context = context
    }

    /// Runs what is due; blocks the calling thread.
    /// - Parameter finished: is called after each run.
    /// - Returns: what the process returns: the worst code of all runs.
    /// - Throws: `Failure` when a service is at work, or the ledger cannot be used.
    public func run(finished: (JobResult) -> Void) throws(Failure) -> ExitCode {
        let lock = try CatalogLock(context.state.serviceLock, subject: "The schedule of \(context.state.path)")
        defer { withExtendedLifetime(lock) {} }
        let scheduler = Scheduler(context.configuration, tolerance: Self.tolerance)
        var codes: [ExitCode] = []
        do throws(LedgerError) {
            while !context.interruption.isRequested {
                let now = context.now()
                let decision = scheduler.decide(
                    at: now, memory: try context.ledger.scheduleMemory(), pauses: try context.ledger.pauses(),
                    running: try context.ledger.runningJobs().map {
                        RunningJob(job: $0.key, kind: $0.value.kind, started: now, isOwn: false)
                    })
                try context.ledger.keep(decision.facts, at: now)
                try judge(at: now)
                guard let start = decision.starts.first else {
                    if decision.facts.isEmpty { break }
                    continue
                }
                guard let result = run(start) else { break }
                codes.append(result.exitCode)
                finished(result)
                // What could not even be written down would come up again at once.
                if try context.ledger.runs(beginningWith: result.id.description).isEmpty { break }
            }
            try judge(at: context.now())
            if try EventReports(in: context).tell() > 0 { try ReportDelivery(in: context).deliverWaiting() }
        } catch {
            throw Failure(error)
        }
        if let signal = context.interruption.signal { codes.append(signal.exitCode) }
        return ExitCode.worst(of: codes)
    }

    private func judge(at now: Timestamp) throws(LedgerError) {
        try context.ledger.judge(context.configuration.objectives, at: now)
        try context.ledger.judge(proofs: context.configuration.proofObjectives, at: now)
    }

    private func run(_ start: Decision.Start) -> JobResult? {
        guard let job = context.configuration.job(named: start.job) else { return nil }
        var context = context
        context.occurrence = ScheduledRun(due: start.due, attempt: start.attempt, trigger: start.trigger)
        return SupervisedRun(job, start.kind, in: context, isScheduled: true).run()
    }
}
