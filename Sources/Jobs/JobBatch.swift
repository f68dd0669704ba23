public import Configuration
internal import Secrets

/// Jobs that run one after the other.
public struct JobBatch: Sendable {
    private let jobs: [JobSpecification]
    private let context: RunContext

    /// A batch, not yet begun.
    public init(_ jobs: [JobSpecification], in context: RunContext) {
        self.jobs = jobs
        self.context = context
    }

    /// Runs every job, whatever became of those before it; blocks the calling thread.
    ///
    /// Once the process is asked to stop, no further job begins.
    /// - Parameter finished: is called after each job.
    /// - Returns: what the process returns: the worst code of all jobs.
    public func run(finished: (JobResult) throws -> Void) rethrows -> ExitCode {
        var codes: [ExitCode] = []
        for job in jobs {
            if let signal = context.interruption.signal {
                codes.append(signal.exitCode)
                break
            }
            // Each job fetches its secrets anew, and lets go of them at its end.
            var context = context
            context.secrets = context.secrets.refreshed(endedBy: context.interruption.preparations)
            let result = JobRun(job, in: context).run()
            codes.append(result.exitCode)
            try finished(result)
        }
        return ExitCode.worst(of: codes)
    }
}
