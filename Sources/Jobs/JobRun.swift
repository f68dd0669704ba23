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
        let frame = RunFrame(job, .backup, in: context)
        if let refusal = frame.begin() { return frame.end(.failure(refusal), []) }
        let (id, started, logger, problems) = (frame.id, frame.started, frame.logger, frame.problems)
        var destinations: [DestinationResult] = []
        frame.delivery.send(beginning(id, started), to: job.reports, isInterrupted: true)
        let hooks = RunHooks(job, id, context, logger, problems)
        var outcome =
            switch hooks.before() {
            case .end(let outcome): outcome
            case .goOn(let job): backUp(job, id, &destinations, hooks.takeBack, problems, logger)
            }
        outcome = hooks.after(outcome, destinations, started: started)
        return frame.end(outcome, destinations)
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

extension Duration {
    /// Seconds with one decimal, for people and logs.
    var roundedSeconds: Double {
        (Double(components.seconds) * 10 + (Double(components.attoseconds) / 1e17).rounded()) / 10
    }
}
