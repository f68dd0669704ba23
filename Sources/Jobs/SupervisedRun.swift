internal import Configuration
internal import Ledger
internal import Logging
internal import Scheduler
internal import Secrets
internal import Support
internal import Transport

/// A run that is stopped when it takes longer than it may, and that has the bandwidth of the time of the day, where no
/// service looks after that.
struct SupervisedRun {
    private let job: JobSpecification
    private let kind: RunKind
    private let context: RunContext
    private let isScheduled: Bool

    /// How often it is looked whether the run may go on.
    private static let interval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - job: the job.
    ///   - kind: what is done for it.
    ///   - context: what the process's runs share; its interruption is passed on.
    ///   - isScheduled: whether a schedule asks for it, so that its windows hold.
    init(_ job: JobSpecification, _ kind: RunKind = .backup, in context: RunContext, isScheduled: Bool) {
        self.job = job
        self.kind = kind
        self.context = context
        self.isScheduled = isScheduled
    }

    /// Runs to the end; blocks the calling thread.
    func run() -> JobResult {
        let interruption = Interruption()
        interruption.grace = context.interruption.grace
        var context = context
        context.interruption = interruption
        context.secrets = context.secrets.refreshed(endedBy: interruption.preparations)
        context.bandwidth.follow(context.configuration, at: context.now())
        let isOver = CancellationFlag()
        let watch: WorkerThread
        do throws(SystemError) {
            watch = try WorkerThread("watch \(job.name)") { [self] in self.watch(interruption, until: isOver) }
        } catch {
            // A run that nobody could stop in time is worse than none.
            interruption.request(.terminate)
            context.logger.error("run not begun", metadata: ["job": "\(job.name)", "error": "\(error)"])
            return DutyRun(job, kind, in: context).run()
        }
        let result = DutyRun(job, kind, in: context).run()
        isOver.cancel()
        watch.join()
        return result
    }

    private func watch(_ interruption: Interruption, until isOver: CancellationFlag) {
        let scheduler = Scheduler(context.configuration)
        let began = ContinuousClock.now
        var passedOn = 0
        while !isOver.isCancelled {
            // Each request of the process's is one of the run's.
            while passedOn < context.interruption.requests {
                passedOn += 1
                interruption.request(context.interruption.signal ?? .terminate)
            }
            let now = context.now()
            context.bandwidth.follow(context.configuration, at: now)
            // By a clock that nobody sets, so that no run is stopped because the time was corrected.
            let started = Timestamp(seconds: now.seconds - (ContinuousClock.now - began).components.seconds)
            let running = RunningJob(job: job.name, kind: kind, started: started, isScheduled: isScheduled)
            if !interruption.isRequested, let reason = scheduler.reason(toStop: running, at: now) {
                context.logger.notice(
                    "run is stopped", metadata: ["job": "\(job.name)", "reason": "\(reason.rawValue)"])
                interruption.request(.terminate, because: StopReason(reason))
            }
            Patience.wait(Self.interval)
        }
    }
}
