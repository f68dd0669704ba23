public import Configuration
internal import Engine
internal import Ledger
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
        let id = context.identifier ?? RunIdentifier(at: started)
        var logger = context.logger
        logger[metadataKey: "job"] = "\(job.name)"
        logger[metadataKey: "run_id"] = "\(id)"
        let log = ReportedLog()
        logger = log.listening(to: logger)
        let recording = RunRecording(job, id, at: started, context)
        logger = recording.logger(logger)
        let delivery = ReportDelivery(in: context, logger: logger)
        let problems = ProblemLog(observer: ProblemLogging(logger).observer)
        var destinations: [DestinationResult] = []
        var outcome: Outcome
        if let refusal = recording.begin() ?? job.shardProblem {
            logger.error(
                "backup failed", metadata: ["code": "\(refusal.code.rawValue)", "error": "\(refusal.message)"])
            outcome = .failure(refusal)
        } else {
            delivery.send(beginning(id, started), to: job.reports, isInterrupted: true)
            let hooks = RunHooks(job, id, context, logger, problems)
            outcome =
                switch hooks.before() {
                case .end(let outcome): outcome
                case .goOn(let job): backUp(job, id, &destinations, hooks.takeBack, problems, logger)
                }
            outcome = hooks.after(outcome, destinations, started: started)
        }
        if outcome == .success, !problems.problems.isEmpty { outcome = .warning }
        outcome = context.interruption.explaining(outcome)
        let finished = context.now()
        var report = report(id, started, finished, destinations, outcome, ProblemDigest(problems))
        // Nobody has to know of a run that goes on by itself, nor of one that was not to be.
        let isTold = context.interruption.reason != .suspended && !outcome.isSkipped
        let receivers = isTold ? job.reports : []
        var receipts: [ReportReceipt]
        do throws(LedgerError) {
            receipts = try delivery.send(
                report.telling(log.lines), to: receivers, isInterrupted: outcome.isInterrupted
            ) { () throws(LedgerError) in try recording.end(outcome, destinations, at: finished) }
        } catch {
            logger.error("end of the run not kept", metadata: ["error": "\(error)"])
            if outcome.failure == nil { outcome = .failure(Failure(error)) }
            report = self.report(id, started, finished, destinations, outcome, ProblemDigest(problems))
            receipts = delivery.send(
                report.telling(log.lines), to: receivers, isInterrupted: outcome.isInterrupted)
        }
        recording.keep(report)
        return JobResult(
            job: job.name, id: id, outcome: outcome, destinations: destinations, report: report,
            receipts: receipts, exitCode: outcome.exitCode(failsOnWarning: context.failsOnWarning))
    }

    /// What is told of a run that begins.
    private func beginning(_ id: RunIdentifier, _ started: Timestamp) -> RunReport {
        RunReport(
            instance: .init(name: context.configuration.instance, version: ProgramVersion.current),
            job: .init(name: job.name, labels: job.labels),
            run: .init(
                id: id.description, trigger: context.trigger, started: started, finished: started, result: .success,
                exitCode: 0),
            configuration: .init(hash: context.configuration.hash, overrides: context.configuration.overrides),
            event: .start)
    }

    /// The backups to all destinations, unless the sources are not as expected; `sourcesAreRead` is called once, when no
    /// destination needs the sources any more.
    private func backUp(
        _ job: JobSpecification, _ id: RunIdentifier, _ destinations: inout [DestinationResult],
        _ sourcesAreRead: @escaping @Sendable () -> Void, _ problems: ProblemLog, _ logger: Logger
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
        let fan = DestinationFan(
            job.destinations, in: context, priority: ThreadPriority(job.limits), logger: logger)
        // What was stopped for the sources is started again by this, and must not inherit the run's priority.
        let reading = SourceReaders(job.destinations, atEnd: { fan.aside(sourcesAreRead) })
        let limits = RunLimits(job)
        destinations = fan.run { name, part in
            defer { reading.end(name) }
            return backUp(job, to: name, part, limits, guards, logger) { reading.end(name) }
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
        _ job: JobSpecification, to name: String, _ part: DestinationFan.Part, _ limits: RunLimits,
        _ guards: RunGuards, _ logger: Logger, sourcesAreRead: () -> Void
    ) -> DestinationResult {
        var logger = logger
        logger[metadataKey: "destination"] = "\(name)"
        logger.info("backup started")
        let result = DestinationRun(job, destination: name, part, limits: limits, guards: guards, logger: logger)
            .run(sourcesAreRead: sourcesAreRead)
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
        _ id: RunIdentifier, _ started: Timestamp, _ finished: Timestamp, _ destinations: [DestinationResult],
        _ outcome: Outcome, _ digest: ProblemDigest
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
                id: id.description, trigger: context.occurrence.map { .init($0.trigger) } ?? context.trigger,
                scheduledFor: context.occurrence?.due, started: started, finished: finished,
                result: outcome.result, isInterrupted: outcome.isInterrupted, exitCode: exitCode.rawValue),
            configuration: .init(
                hash: context.configuration.hash, overrides: context.configuration.overrides),
            source: RunReport.Source(destinations.compactMap(\.summary)),
            destinations: destinations.map(\.reported),
            problems: failures + ProblemDigest.union([digest] + destinations.map(\.problems)).reported)
    }
}

extension RunReport {
    /// The report with what was logged.
    fileprivate func telling(_ lines: [String]) -> RunReport {
        var report = self
        report.log = Log(detail: .all, lines: lines)
        return report
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
