internal import Configuration
internal import Engine
internal import Hooks
internal import Ledger
internal import Logging
internal import Reporting
internal import Secrets
internal import Support

/// What is done around one run, and what of it has to be taken back.
final class RunHooks {
    private var job: JobSpecification
    private let context: RunContext
    private let logger: Logger
    private let problems: ProblemLog
    private let surroundings: HookSurroundings
    private let keeper: UndoKeeper

    init(_ job: JobSpecification, _ id: RunIdentifier, _ context: RunContext, _ logger: Logger, _ problems: ProblemLog)
    {
        self.job = job
        self.context = context
        self.logger = logger
        self.problems = problems
        surroundings = HookSurroundings(
            job: job.name, secrets: context.secrets, transport: context.transport, logger: logger,
            stop: context.interruption.preparations)
        keeper = UndoKeeper(
            ledger: context.ledger, run: id.description, job: job.name, folder: context.state.undoLocks,
            now: context.now)
    }

    /// What the hooks before a backup come to.
    enum Verdict {
        /// The backup begins, of a job that scripts may have changed.
        case goOn(JobSpecification)
        /// It does not.
        case end(Outcome)
    }

    // MARK: Before

    /// Takes back what dead runs have left, and then runs the hooks before the backup.
    func before() -> Verdict {
        takeBackLeftovers()
        let summary = sequence(job.hooks.before, .before).run()
        tell(summary)
        if let failure = summary.failure {
            return .end(.failure(Failure(failure, stoppedBy: context.interruption.signal)))
        }
        if let reason = summary.skipReason { return .end(.skipped(reason)) }
        hadErrors = !summary.errors.isEmpty
        let changed = ScriptOptions(summary.options).applied(to: job)
        for problem in changed.problems { problems.add(Problem(.hook, job.name, problem)) }
        job = changed.job
        return .goOn(job)
    }

    private var hadErrors = false

    /// What runs did whose process died, or what could not be taken back before.
    private func takeBackLeftovers() {
        guard !context.isStateless else { return }
        let leftovers = UndoLeftovers.takeBack(context, logger)
        for failure in leftovers { problems.add(Problem(.hook, failure.job, failure.description)) }
    }

    // MARK: After

    /// Takes back what was done for the sources, now that they are read; may be called on any thread.
    var takeBack: @Sendable () -> Void {
        { [keeper, surroundings, problems, name = job.name] in
            for failure in keeper.takeBack(surroundings) { problems.add(Problem(.hook, name, failure.description)) }
        }
    }

    /// Runs the hooks after a run, and those at its end.
    /// - Returns: how the run ended, which may be worse than it was.
    func after(_ outcome: Outcome, _ destinations: [DestinationResult], started: Timestamp) -> Outcome {
        takeBack()
        var outcome = outcome
        if hadErrors { worsen(&outcome, "A hook reported an error.") }
        var script = ScriptVariables(job, context.configuration)
        script.result = .init(outcome)
        let file = resultFile(outcome, destinations, started)
        script.resultFile = file.map { "\($0.path)/result" }
        defer { withExtendedLifetime(file) {} }
        switch outcome {
        case .success, .warning: run(job.hooks.after, .after, script, &outcome)
        case .failure: run(job.hooks.onFailure, .onFailure, script, &outcome)
        case .skipped: break
        }
        run(job.hooks.finally, .finally, script, &outcome)
        // What hooks at the end have to have taken back is due now.
        takeBack()
        return outcome
    }

    private func run(
        _ hooks: [HookSpecification], _ moment: HookSequence.Moment, _ script: ScriptVariables,
        _ outcome: inout Outcome
    ) {
        guard !hooks.isEmpty else { return }
        let summary = sequence(hooks, moment, script).run()
        tell(summary)
        if let failure = summary.failure {
            worsen(&outcome, context.secrets.mask.apply(to: "\(failure)"))
        } else if let message = summary.errors.first {
            worsen(&outcome, message)
        }
    }

    /// The backup is made, but what belongs to it is not done.
    private func worsen(_ outcome: inout Outcome, _ message: String) {
        switch outcome {
        case .success, .warning:
            outcome = .failure(Failure(.hook, .failure, "The backup was made, but a hook failed. \(message)"))
        case .skipped: outcome = .failure(Failure(.hook, .failure, message))
        case .failure: problems.add(Problem(.hook, job.name, message))
        }
    }

    private func sequence(
        _ hooks: [HookSpecification], _ moment: HookSequence.Moment, _ script: ScriptVariables? = nil
    ) -> HookSequence {
        HookSequence(
            hooks, at: moment, in: surroundings, keeper: keeper,
            script: script ?? ScriptVariables(job, context.configuration))
    }

    private func tell(_ summary: HookSummary) {
        for message in summary.warnings + summary.errors { problems.add(Problem(.hook, job.name, message)) }
    }

    /// A file for scripts of Duplicati's, if there are any.
    private func resultFile(
        _ outcome: Outcome, _ destinations: [DestinationResult], _ started: Timestamp
    ) -> TemporaryFolder? {
        let hooks = job.hooks.after + job.hooks.onFailure + job.hooks.finally
        guard hooks.contains(where: { $0.scriptProtocol == .duplicati }) else { return nil }
        do {
            let folder = try TemporaryFolder(prefix: "dunnage-result")
            try ScriptResult(outcome, destinations, started: started, finished: context.now())
                .write(to: "\(folder.path)/result", masking: context.secrets.mask)
            return folder
        } catch {
            problems.add(Problem(.hook, job.name, "The file with the result could not be written: \(error)"))
            return nil
        }
    }
}

extension UndoFailure {
    /// What it means, in a sentence.
    var description: String {
        "“\(hook)” of \(since.iso8601) could not be taken back, which is tried again at the next start: \(message)"
    }
}

extension ScriptVariables.Result {
    init(_ outcome: Outcome) {
        switch outcome {
        case .success, .skipped: self = .success
        case .warning: self = .warning
        case .failure: self = .error
        }
    }
}

extension Failure {
    /// A hook that keeps a run from beginning.
    init(_ failure: HookFailure, stoppedBy stop: StopSignal?) {
        if failure.isCancelled {
            self.init(EngineError.cancelled, stoppedBy: stop)
        } else {
            self.init(
                .hook, .failure, "The run was not begun, and no destination was touched. \(failure)")
        }
    }
}
