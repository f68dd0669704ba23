public import Configuration
internal import Engine
internal import Jobs
public import Ledger
internal import Logging
internal import Scheduler
internal import Support
internal import Synchronization

extension Service {
    /// How it stands.
    public var status: ServiceStatus {
        state.withLock { state in
            ServiceStatus(
                started: state.started, looked: state.looked, pulse: state.pulse,
                configuration: state.configuration.hash,
                configured: state.configured, reloadFailure: state.reloadFailure,
                running: state.running.sorted { $0.key < $1.key }.map { name, run in
                    ServiceStatus.Activity(
                        id: run.id, job: name, kind: run.kind, started: run.started, trigger: run.trigger,
                        progress: run.progress,
                        isStopping: run.interruption.isRequested)
                },
                waiting: state.asked.map { ServiceStatus.Waiting(id: $0.id, job: $0.job) }, next: state.next,
                ledgerFailure: state.ledgerFailure, isStopping: state.isStopping)
        }
    }

    /// What it follows.
    public var configuration: Configuration { state.withLock { $0.configuration } }

    /// Tells everybody who wants to know of a configuration.
    func tellFollowers() {
        let (followers, configuration) = state.withLock { ($0.followers, $0.configuration) }
        for follower in followers { follower(configuration) }
    }

    /// The metrics of its jobs, in the text format of Prometheus.
    /// - Throws: when the ledger cannot be used.
    public func metrics() throws(LedgerError) -> String {
        let (configuration, isGood, last) = state.withLock {
            ($0.configuration, $0.reloadFailure == nil, $0.configured)
        }
        return try RunnerMetrics(
            configuration, setting.ledger, at: setting.now(), reload: .init(isGood: isGood, last: last)
        ).text
    }

    /// Writes how it stands to the log: one line for itself, one for each job.
    public func logStatus() {
        let status = status
        let duties = state.withLock { $0.scheduler.jobs.map(\.duty) }
        setting.logger.notice(
            "service status",
            metadata: [
                "config": "\(status.configuration)", "running": "\(status.running.count)",
                "started": "\(status.started)", "reload": "\(status.reloadFailure == nil ? "ok" : "failed")",
            ])
        for duty in duties {
            var metadata: Logger.Metadata = ["job": "\(duty)", "next": "\(status.next[duty]?.iso8601 ?? "-")"]
            if let run = status.running.first(where: { $0.job == duty.job && $0.kind == duty.kind }) {
                metadata["running_since"] = "\(run.started)"
                metadata["phase"] = "\(run.progress.map { "\($0.phase)" } ?? "-")"
            }
            setting.logger.notice("job status", metadata: metadata)
        }
    }
}
