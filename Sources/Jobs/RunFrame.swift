internal import Configuration
internal import Engine
internal import Ledger
internal import Logging
internal import Reporting
internal import Support

/// What surrounds every run of a job, whatever it does: an identifier, a log of its own, its place in the ledger, and
/// the reports of its end.
struct RunFrame {
    let job: JobSpecification
    let id: RunIdentifier
    let started: Timestamp
    /// Where events go; they are kept with the run, and told with its report.
    let logger: Logger
    /// What goes wrong and belongs to no destination.
    let problems: ProblemLog
    let delivery: ReportDelivery
    private let kind: RunKind
    private let context: RunContext
    private let log = ReportedLog()
    private let recording: RunRecording

    /// The surroundings of a run that begins now; nothing is written down yet.
    init(_ job: JobSpecification, _ kind: RunKind, in context: RunContext) {
        self.job = job
        self.kind = kind
        self.context = context
        started = context.now()
        id = context.identifier ?? RunIdentifier(at: started)
        recording = RunRecording(job, kind, id, at: started, context)
        var logger = context.logger
        logger[metadataKey: "job"] = "\(job.name)"
        logger[metadataKey: "run_id"] = "\(id)"
        logger = recording.logger(log.listening(to: logger))
        self.logger = logger
        delivery = ReportDelivery(in: context, logger: logger)
        problems = ProblemLog(observer: ProblemLogging(logger).observer)
    }

    /// Writes down that the run begins.
    /// - Returns: why it must not; that is logged.
    func begin() -> Failure? {
        guard let refusal = recording.begin() ?? job.shardProblem else { return nil }
        logger.error(
            "\(kind.noun) failed", metadata: ["code": "\(refusal.code.rawValue)", "error": "\(refusal.message)"])
        return refusal
    }

    /// Writes down how the run ended, and tells of it.
    func end(_ outcome: Outcome, _ destinations: [DestinationResult]) -> JobResult {
        var outcome = outcome
        if outcome == .success, !problems.problems.isEmpty { outcome = .warning }
        outcome = context.interruption.explaining(outcome)
        let finished = context.now()
        var report = report(finished, destinations, outcome)
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
            report = self.report(finished, destinations, outcome)
            receipts = delivery.send(
                report.telling(log.lines), to: receivers, isInterrupted: outcome.isInterrupted)
        }
        recording.keep(report)
        return JobResult(
            job: job.name, id: id, outcome: outcome, destinations: destinations, report: report,
            receipts: receipts, exitCode: outcome.exitCode(failsOnWarning: context.failsOnWarning))
    }

    private func report(
        _ finished: Timestamp, _ destinations: [DestinationResult], _ outcome: Outcome
    ) -> RunReport {
        var failures = destinations.compactMap { result -> RunReport.Problem? in
            guard case .failure(let failure) = result.outcome else { return nil }
            return RunReport.Problem(failure, subject: destinations.count > 1 ? result.name : nil)
        }
        // Of what belongs to no destination: a hook, or sources that are not as expected.
        if case .failure(let failure) = outcome, !destinations.contains(where: { $0.outcome == outcome }) {
            failures.append(RunReport.Problem(failure))
        }
        let exitCode = outcome.exitCode(failsOnWarning: context.failsOnWarning)
        return RunReport(
            instance: .init(name: context.configuration.instance, version: ProgramVersion.current),
            job: .init(name: job.name, labels: job.labels),
            run: .init(
                id: id.description, kind: .init(kind),
                trigger: context.occurrence.map { .init($0.trigger) } ?? context.trigger,
                scheduledFor: context.occurrence?.due, started: started, finished: finished,
                result: outcome.result, isInterrupted: outcome.isInterrupted, exitCode: exitCode.rawValue),
            configuration: .init(
                hash: context.configuration.hash, overrides: context.configuration.overrides),
            source: RunReport.Source(destinations.compactMap(\.summary)),
            destinations: destinations.map(\.reported),
            problems: failures
                + ProblemDigest.union([ProblemDigest(problems)] + destinations.map(\.problems)).reported)
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

extension RunReport.Problem {
    /// A failure as the problem of a report.
    init(_ failure: Failure, subject: String? = nil) {
        self.init(
            code: failure.code.rawValue, severity: .error,
            message: subject.map { "\($0): \(failure.message)" } ?? failure.message)
    }
}
