public import Configuration
internal import Glibc
internal import Logging
internal import Reporting
internal import Scheduler

/// Jobs that run one after the other.
public struct JobBatch: Sendable {
    private let jobs: [JobSpecification]
    private let context: RunContext

    /// A batch, not yet begun.
    public init(_ jobs: [JobSpecification], in context: RunContext) {
        self.jobs = jobs
        self.context = context
    }

    /// Waits before the next attempt.
    /// - Returns: whether the time has passed without anybody asking to stop.
    private func waited(_ seconds: Int64, before job: JobSpecification) -> Bool {
        context.logger.notice("run is tried again", metadata: ["job": "\(job.name)", "pause_seconds": "\(seconds)"])
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if context.interruption.isRequested { return false }
            usleep(50_000)
        }
        return true
    }

    /// Runs every job, whatever became of those before it; blocks the calling thread.
    ///
    /// Once the process is asked to stop, no further job begins.
    /// - Parameter finished: is called after each job.
    /// - Returns: what the process returns: the worst code of all jobs.
    public func run(finished: (JobResult) throws -> Void) rethrows -> ExitCode {
        var codes: [ExitCode] = []
        for job in jobs {
            var attempt = 1
            if let signal = context.interruption.signal {
                codes.append(signal.exitCode)
                break
            }
            while true {
                var context = context
                context.attempt = attempt
                if attempt > 1 { context.trigger = .retry }
                // It fetches its secrets anew, and lets go of them at its end.
                let result = SupervisedRun(job, in: context, isScheduled: false).run()
                try finished(result)
                guard result.outcome.mayImprove, let pause = RetryRule(job.retry).pause(after: attempt),
                    waited(pause, before: job)
                else {
                    codes.append(result.exitCode)
                    break
                }
                attempt += 1
            }
        }
        return ExitCode.worst(of: codes)
    }
}
