internal import Configuration
internal import Destinations
internal import Engine
internal import Ledger
internal import Logging
internal import Scheduler
internal import Support

/// A check of what a job has stored, beside its backups: one destination after the other is read back, as much of it as
/// the job says.
///
/// Whatever happens on the way becomes part of the result and of the reports; a run never throws.
struct VerificationRun: Sendable {
    private let job: JobSpecification
    private let context: RunContext

    /// A run, not yet begun.
    init(_ job: JobSpecification, in context: RunContext) {
        self.job = job
        self.context = context
    }

    /// Runs to the end and sends the reports; blocks the calling thread.
    func run() -> JobResult {
        let frame = RunFrame(job, .verify, in: context)
        if let refusal = frame.begin() { return frame.end(.failure(refusal), []) }
        guard let level = RemoteCheck(job, in: context.configuration)?.level(at: frame.started) else {
            return frame.end(.skipped("The job has no `verify.remote` any more."), [])
        }
        var results: [DestinationResult] = []
        for name in job.destinations where results.isEmpty || !context.interruption.isRequested {
            results.append(check(name, level, frame.logger))
        }
        return frame.end(outcome(results), results)
    }

    private func outcome(_ results: [DestinationResult]) -> Outcome {
        // Where nothing is stored yet there is nothing to say, unless that is so everywhere.
        let checked = results.filter { !$0.outcome.isSkipped }
        guard !checked.isEmpty else { return Outcome.combined(results.map(\.outcome)) }
        let outcome = Outcome.combined(
            checked.map { job.uses[$0.name]?.isOptional == true ? $0.outcome.ofOptional : $0.outcome })
        guard results.count < job.destinations.count, !outcome.isInterrupted else { return outcome }
        let cut = Outcome.failure(Failure(EngineError.cancelled, stoppedBy: context.interruption.signal))
        return .combined([outcome, cut])
    }

    private func check(_ name: String, _ level: VerifyLevel, _ logger: Logger) -> DestinationResult {
        let clock = ContinuousClock.now
        var logger = logger
        logger[metadataKey: "destination"] = "\(name)"
        logger.info("check started")
        let problems = ProblemLog(observer: ProblemLogging(logger).observer)
        let progress = RunProgress()
        context.watch(progress)
        defer { context.watch(nil) }
        var found = MaintenanceResult()
        var label: String?
        var outcome = Outcome.success
        do {
            let held = try StoreOpening(
                job: job.at(name), destination: name, context: context, progress: progress, problems: problems,
                logger: logger
            ).open(changingCatalogFor: "verify")
            label = held.session.store.destination.label
            let summary = try VerifyRun(level, session: held.session, problems: problems).run()
            held.keepVerifications()
            found.verification = summary
            if !summary.isIntact { outcome = .failure(Failure(summary, job: job.name)) }
        } catch {
            outcome = self.outcome(of: error, at: name)
        }
        let digest = ProblemDigest(problems)
        if outcome == .success, digest.errors > 0 {
            outcome = .failure(Failure(errors: digest.errors, at: label ?? name, job: job.name))
        } else if outcome == .success, !digest.groups.isEmpty {
            outcome = .warning
        }
        let result = DestinationResult(
            name: name, label: label, summary: nil, maintenance: found, outcome: outcome, problems: digest,
            retries: progress.retries, duration: ContinuousClock.now - clock)
        log(result, logger)
        return result
    }

    /// A store in which there is nothing is no failure as long as nothing was ever stored there.
    private func outcome(of error: any Error, at destination: String) -> Outcome {
        if case .emptyStore = error as? EngineError, !wasStored(at: destination) {
            return .skipped("Nothing is stored at \(destination) yet.")
        }
        return .failure(Failure(error, stoppedBy: context.interruption.signal))
    }

    private func wasStored(at destination: String) -> Bool {
        // Who does not know of a version must not take its absence for a matter of course.
        guard let known = try? context.ledger.freshness() else { return true }
        return known.contains { $0.job == job.name && $0.destination == destination && $0.good != nil }
    }

    private func log(_ result: DestinationResult, _ logger: Logger) {
        switch result.outcome {
        case .failure(let failure):
            logger.error(
                failure.code == .stopped ? "check stopped" : "check failed",
                metadata: ["code": "\(failure.code.rawValue)", "error": "\(failure.message)"])
        case .skipped(let reason): logger.info("check skipped", metadata: ["reason": "\(reason)"])
        case .success, .warning:
            var metadata: Logger.Metadata = ["duration_seconds": "\(result.duration.roundedSeconds)"]
            if let summary = result.maintenance?.verification {
                metadata["level"] = "\(summary.level.name)"
                metadata["objects"] = "\(summary.objects)"
                metadata["blocks"] = "\(summary.blocks)"
                metadata["bytes"] = "\(summary.bytesFetched)"
            }
            logger.info("check finished", metadata: metadata)
        }
    }
}

extension Failure {
    /// What a check beside the backups found.
    fileprivate init(_ summary: VerifySummary, job: String) {
        self.init(
            .store, .failure,
            "\(Count(summary.faultyObjects, "object").with("is", "are")) missing or damaged at the destination, found by "
                + "examining \(summary.objects). Run `dunnage verify \(job)` to learn which files are concerned, and "
                + "`dunnage repair \(job)` to mend what can be mended.")
    }

    /// What opening the store found.
    fileprivate init(errors: Int, at place: String, job: String) {
        self.init(
            .store, .failure,
            "\(Count(errors, "error")) in the store at \(place): something is damaged or missing. Run "
                + "`dunnage verify \(job)` to learn which files are concerned.")
    }
}
