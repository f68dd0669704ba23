public import Configuration
internal import Engine
internal import Logging
internal import Reporting
internal import Secrets
internal import Support

/// One run of one job: its sources to each of its destinations, and the reports about it.
///
/// Whatever happens on the way becomes part of the result and of the reports; a run never throws.
public struct JobRun: Sendable {
    private let job: JobSpecification
    private let context: RunContext

    /// A run, not yet begun.
    public init(_ job: JobSpecification, in context: RunContext) {
        self.job = job
        self.context = context
    }

    /// Runs to the end and sends the reports; blocks the calling thread.
    public func run() -> JobResult {
        let started = context.now()
        let id = RunIdentifier(at: started)
        var logger = context.logger
        logger[metadataKey: "job"] = "\(job.name)"
        logger[metadataKey: "run_id"] = "\(id)"
        let problems = ProblemLog(observer: ProblemLogging(logger).observer)
        let hooks = RunHooks(job, id, context, logger, problems)
        var destinations: [DestinationResult] = []
        var outcome =
            switch hooks.before() {
            case .end(let outcome): outcome
            case .goOn(let job): backUp(job, id, &destinations, hooks, problems, logger)
            }
        outcome = hooks.after(outcome, destinations, started: started)
        if outcome == .success, !problems.problems.isEmpty { outcome = .warning }
        let report = report(id, started, destinations, outcome, ProblemDigest(problems))
        let delivery = ReportDelivery(
            secrets: context.secrets.uninterrupted(), transport: context.transport, policy: context.deliveryPolicy,
            logger: logger)
        let receivers = job.reports.compactMap { context.configuration.reports[$0] }.filter {
            $0.tells(of: outcome)
        }
        let receipts = delivery.send(report, to: receivers, isInterrupted: outcome.isInterrupted)
        return JobResult(
            job: job.name, id: id, outcome: outcome, destinations: destinations, report: report,
            receipts: receipts, exitCode: outcome.exitCode(failsOnWarning: context.failsOnWarning))
    }

    /// The backups to all destinations, unless the sources are not as expected.
    private func backUp(
        _ job: JobSpecification, _ id: RunIdentifier, _ destinations: inout [DestinationResult], _ hooks: RunHooks,
        _ problems: ProblemLog, _ logger: Logger
    ) -> Outcome {
        let violations: [Violation]
        do throws(Failure) {
            violations = try SourceGuard(job).run()
        } catch {
            return .failure(error)
        }
        let fatal = violations.filter { $0.consequence == .fail }
        guard fatal.isEmpty else { return .failure(Failure(unexpected: fatal)) }
        for violation in violations where violation.consequence == .warn {
            problems.add(Problem(.unexpected, violation.source, violation.message))
        }
        let guards = RunGuards(job, id, context, violations.filter { $0.consequence == .quarantine })
        for name in job.destinations where !context.interruption.isRequested || destinations.isEmpty {
            let isLast = name == job.destinations.last
            destinations.append(
                backUp(job, to: name, guards, logger) { if isLast { hooks.sourcesAreRead() } })
        }
        var outcome = Outcome.combined(
            destinations.map { job.uses[$0.name]?.isOptional == true ? $0.outcome.ofOptional : $0.outcome })
        if !outcome.isInterrupted, destinations.count < job.destinations.count {
            outcome = .combined([
                outcome, .failure(Failure(EngineError.cancelled, stoppedBy: context.interruption.signal)),
            ])
        }
        return outcome
    }

    /// The backup to one destination, with what is to be logged about it.
    private func backUp(
        _ job: JobSpecification, to name: String, _ guards: RunGuards, _ logger: Logger,
        sourcesAreRead: () -> Void
    ) -> DestinationResult {
        var logger = logger
        logger[metadataKey: "destination"] = "\(name)"
        logger.info("backup started")
        let result = DestinationRun(
            job, destination: name, context: context, guards: guards, logger: logger
        ).run(sourcesAreRead: sourcesAreRead)
        switch result.outcome {
        case .failure(let failure):
            logger.error(
                failure.code == .stopped ? "backup stopped" : "backup failed",
                metadata: ["code": "\(failure.code.rawValue)", "error": "\(failure.message)"])
        case .success, .warning, .skipped:
            logger.info("backup finished", metadata: result.logged)
        }
        return result
    }

    private func report(
        _ id: RunIdentifier, _ started: Timestamp, _ destinations: [DestinationResult], _ outcome: Outcome,
        _ digest: ProblemDigest
    ) -> RunReport {
        var failures = destinations.compactMap { result -> RunReport.Problem? in
            guard case .failure(let failure) = result.outcome else { return nil }
            return RunReport.Problem(failure, subject: destinations.count > 1 ? result.name : nil)
        }
        // Of what belongs to no destination: a hook, or sources that are not as expected.
        if case .failure(let failure) = outcome,
            !destinations.contains(where: { $0.outcome == outcome })
        {
            failures.append(RunReport.Problem(failure))
        }
        let exitCode = outcome.exitCode(failsOnWarning: context.failsOnWarning)
        return RunReport(
            instance: .init(name: context.configuration.instance, version: ProgramVersion.current),
            job: .init(name: job.name, labels: job.labels),
            run: .init(
                id: id.description, trigger: context.trigger, started: started, finished: context.now(),
                result: outcome.result, isInterrupted: outcome.isInterrupted, exitCode: exitCode.rawValue),
            configuration: .init(
                hash: context.configuration.hash, overrides: context.configuration.overrides),
            source: destinations.lazy.compactMap(\.summary).first.map { .init($0) },
            destinations: destinations.map(\.reported),
            problems: failures + ProblemDigest.union([digest] + destinations.map(\.problems)).reported)
    }
}

extension DestinationResult {
    /// The figures of a finished backup for its log line.
    fileprivate var logged: Logger.Metadata {
        var metadata: Logger.Metadata = ["duration_seconds": "\(duration.roundedSeconds)"]
        guard let summary else { return metadata }
        metadata["version"] = summary.version.map { "\($0)" } ?? "unchanged"
        metadata["files"] = "\(summary.files)"
        metadata["bytes"] = "\(summary.bytes)"
        metadata["added"] = "\(summary.added)"
        metadata["modified"] = "\(summary.modified)"
        metadata["removed"] = "\(summary.removed)"
        metadata["uploaded_bytes"] = "\(summary.uploadedBytes)"
        if let deleted = maintenance?.retention?.deleted.count, deleted > 0 {
            metadata["deleted_versions"] = "\(deleted)"
        }
        if problems.warnings > 0 { metadata["warnings"] = "\(problems.warnings)" }
        return metadata
    }
}

extension RunReport.Problem {
    /// A failure as the problem of a report.
    init(_ failure: Failure, subject: String? = nil) {
        self.init(
            code: failure.code.rawValue, severity: .error,
            message: subject.map { "\($0): \(failure.message)" } ?? failure.message)
    }
}

extension Duration {
    /// Seconds with one decimal, for people and logs.
    var roundedSeconds: Double {
        (Double(components.seconds) * 10 + (Double(components.attoseconds) / 1e17).rounded()) / 10
    }
}
