internal import Configuration
internal import Engine
internal import Ledger
internal import Logging
internal import Reporting
internal import Scheduler
internal import Secrets
internal import Support

/// What the ledger is told of one run: that it begins, before it does, and how it ended, in one transaction.
struct RunRecording {
    private let job: JobSpecification
    private let kind: RunKind
    private let id: RunIdentifier
    private let started: Timestamp
    private let context: RunContext
    private let log: RunLog?

    init(
        _ job: JobSpecification, _ kind: RunKind, _ id: RunIdentifier, at started: Timestamp, _ context: RunContext
    ) {
        self.job = job
        self.kind = kind
        self.id = id
        self.started = started
        self.context = context
        // A log that cannot be kept is no reason for a run to end: the program has its own.
        log = context.isStateless ? nil : try? RunLog.at(context.state.log(ofRun: id.description))
    }

    /// A logger whose lines are kept with the run as well.
    func logger(_ logger: Logger) -> Logger {
        guard let log else { return logger }
        var logger = logger
        logger.handler = RunLogHandler(logger.handler, log: log, mask: context.secrets.mask)
        return logger
    }

    /// Writes down that the run begins.
    /// - Returns: why it must not.
    func begin() -> Failure? {
        let attempt = context.occurrence?.attempt ?? context.attempt
        let start = RunStart(
            id: id.description, job: job.name, kind: kind,
            trigger: context.occurrence?.trigger ?? RunTrigger(context.trigger),
            due: context.occurrence?.due, attempt: attempt, started: started,
            configuration: context.configuration.hash)
        do throws(LedgerError) {
            try context.ledger.begin(start)
            return nil
        } catch {
            return Failure(error)
        }
    }

    /// Writes down how the run ended.
    func end(
        _ outcome: Outcome, _ destinations: [DestinationResult], at finished: Timestamp
    ) throws(LedgerError) {
        let failure = outcome.failure
        let mask = context.secrets.mask
        let summary = destinations.lazy.compactMap(\.summary).first
        let end = RunEnd(
            finished: finished, state: state(outcome), reason: reason(outcome),
            exitCode: outcome.exitCode(failsOnWarning: context.failsOnWarning).rawValue,
            code: failure?.code.rawValue, message: failure.map { mask.apply(to: $0.message) },
            files: summary.map { Int64($0.files) }, bytes: summary?.bytes,
            warnings: Int64(destinations.reduce(0) { $0 + $1.problems.warnings }),
            destinations: destinations.map { record($0, mask.apply) }, again: again(outcome, finished))
        try context.ledger.finish(id.description, end)
        for result in destinations {
            guard let verification = result.maintenance?.verification, verification.objects > 0,
                verification.level != .listing
            else { continue }
            try context.ledger.verified(job.name, at: result.name, finished, isGood: verification.isIntact)
        }
    }

    /// Keeps the report beside the log, for whoever asks for it later.
    func keep(_ report: RunReport) {
        guard !context.isStateless else { return }
        let bytes = report.serialized(masking: context.secrets.mask.apply)
        let path = context.state.report(ofRun: id.description)
        do throws(SystemError) {
            try FileTree.createFolder(context.state.logs, mode: 0o700)
            try SmallFile.replace(path, with: bytes)
        } catch {
            context.logger.warning(
                "report not kept", metadata: ["run_id": "\(id)", "error": "\(error)"])
        }
    }

    private func state(_ outcome: Outcome) -> RunState {
        switch outcome {
        case .success: .success
        case .warning: .warning
        case .skipped: .skipped
        case .failure(let failure):
            if outcome.isInterrupted {
                context.interruption.reason == .timeout ? .failed : .interrupted
            } else {
                failure.exitCode == .refused ? .refused : .failed
            }
        }
    }

    private func reason(_ outcome: Outcome) -> String? {
        if case .skipped(let reason) = outcome { return context.secrets.mask.apply(to: reason) }
        guard outcome.isInterrupted else { return nil }
        if let reason = context.interruption.reason { return reason.rawValue }
        return context.interruption.signal.map { $0 == .terminate ? "SIGTERM" : "SIGINT" }
    }

    /// When the occurrence has its next attempt.
    private func again(_ outcome: Outcome, _ finished: Timestamp) -> Timestamp? {
        guard let occurrence = context.occurrence else { return nil }
        if outcome.isInterrupted, context.interruption.reason == .suspended { return finished }
        // What is damaged is so the next time as well.
        if kind != .backup, outcome.failure?.code == .store { return nil }
        guard outcome.mayImprove, let pause = RetryRule(job.retry).pause(after: occurrence.attempt) else { return nil }
        return Timestamp(seconds: finished.seconds + pause)
    }

    private func record(_ result: DestinationResult, _ mask: (String) -> String) -> DestinationRecord {
        let failure = result.outcome.failure
        let isWhole = result.summary.map { !$0.isPartial } ?? false
        var state: RunState = .success
        if let failure {
            state = result.outcome.isInterrupted ? .interrupted : failure.exitCode == .refused ? .refused : .failed
        } else if result.outcome == .warning {
            state = .warning
        } else if result.outcome.isSkipped {
            state = .skipped
        }
        // A backup whose maintenance failed afterwards is a backup all the same.
        let isGood = isWhole && (failure == nil || result.maintenance?.failure != nil)
        return DestinationRecord(
            name: result.name, state: state, isGood: isGood, version: result.summary?.version,
            isPartial: result.summary?.isPartial ?? false, uploadedBytes: result.summary?.uploadedBytes ?? 0,
            storedBytes: result.reported.storedBytes, versions: result.versions.map { Int64($0) },
            retries: Int64(result.retries),
            milliseconds: result.duration.components.seconds * 1000
                + result.duration.components.attoseconds / 1_000_000_000_000_000,
            code: failure?.code.rawValue, message: failure.map { mask($0.message) })
    }
}

extension Outcome {
    /// The failure, if it is one.
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }

    /// Whether the same run may end better when it is tried again: nobody has to mend anything first.
    public var mayImprove: Bool {
        guard let failure, !isInterrupted else { return false }
        return failure.exitCode == .failure || failure.exitCode == .temporary
    }
}

extension RunTrigger {
    /// What a report calls a trigger.
    init(_ trigger: RunReport.Run.Trigger) {
        self =
            switch trigger {
            case .manual: .manual
            case .schedule: .schedule
            case .api: .api
            case .retry: .retry
            }
    }
}

extension RunReport.Run.Kind {
    /// What a report calls what a run does.
    init(_ kind: RunKind) {
        self =
            switch kind {
            case .backup: .backup
            case .verify: .verify
            }
    }
}

extension RunReport.Run.Trigger {
    /// A trigger in the words of a report.
    init(_ trigger: RunTrigger) {
        self =
            switch trigger {
            case .manual: .manual
            case .schedule, .catchUp: .schedule
            case .api: .api
            case .retry: .retry
            }
    }
}
