public import Configuration
internal import Logging
internal import Secrets
internal import Support

/// The hooks of one moment of a run, in their order.
public struct HookSequence {
    /// When they run.
    public enum Moment: String, Sendable, Hashable {
        /// Before the sources are read: the first failure ends it.
        case before
        /// After a success.
        case after
        /// After a failure.
        case onFailure = "on_failure"
        /// At the end, whatever came of the run.
        case finally
    }

    private let hooks: [HookSpecification]
    private let moment: Moment
    private let surroundings: HookSurroundings
    private let keeper: UndoKeeper
    private let script: ScriptVariables

    /// Hooks, not yet begun.
    /// - Parameters:
    ///   - hooks: the hooks.
    ///   - moment: when they run.
    ///   - surroundings: what they have to do with.
    ///   - keeper: writes down what has to be taken back.
    ///   - script: what scripts of Duplicati's are told.
    public init(
        _ hooks: [HookSpecification], at moment: Moment, in surroundings: HookSurroundings, keeper: UndoKeeper,
        script: ScriptVariables
    ) {
        self.hooks = hooks
        self.moment = moment
        // Those at the end have to come to their end although the run was asked to stop.
        self.surroundings = moment == .before ? surroundings : surroundings.uninterrupted()
        self.keeper = keeper
        self.script = script
    }

    /// Runs them one after the other; blocks the calling thread.
    ///
    /// Before a backup the first that fails or skips is the last; afterwards all of them run.
    public func run() -> HookSummary {
        var summary = HookSummary()
        for hook in hooks {
            let name = hook.name ?? hook.action.title
            surroundings.logger.info("hook started", metadata: ["hook": "\(name)", "when": "\(moment.rawValue)"])
            switch verdict(on: hook, name, &summary) {
            case .success: surroundings.logger.info("hook finished", metadata: ["hook": "\(name)"])
            case .warning(let message):
                surroundings.logger.warning("hook failed", metadata: ["hook": "\(name)", "error": "\(message)"])
                summary.warnings.append(message)
            case .error(let message):
                surroundings.logger.error("hook failed", metadata: ["hook": "\(name)", "error": "\(message)"])
                summary.errors.append(message)
            case .skip(let reason, let isWarning):
                surroundings.logger.notice("run skipped", metadata: ["hook": "\(name)", "reason": "\(reason)"])
                if isWarning { summary.warnings.append(reason) }
                summary.skipReason = reason
            case .failure(let failure):
                let message = surroundings.secrets.mask.apply(to: "\(failure)")
                surroundings.logger.error("hook failed", metadata: ["hook": "\(name)", "error": "\(message)"])
                summary.failure = summary.failure ?? failure
            }
            if moment == .before, !summary.goesOn { break }
        }
        return summary
    }

    private func verdict(on hook: HookSpecification, _ name: String, _ summary: inout HookSummary) -> HookVerdict {
        do throws(HookFailure) {
            let answer = try perform(hook, name)
            if hook.scriptProtocol == .duplicati {
                return ScriptReading(moment, name, surroundings).verdict(on: answer, &summary)
            }
            guard answer.status != 0 else { return .success }
            if let skip = hook.skipStatus, moment == .before, Int(answer.status) == skip {
                return .skip("“\(name)” asks for it (status \(skip))", isWarning: false)
            }
            return verdict(on: HookFailure(name, .exit(answer.status), lines: answer.lastLines), hook)
        } catch {
            return verdict(on: error, hook)
        }
    }

    private func verdict(on failure: HookFailure, _ hook: HookSpecification) -> HookVerdict {
        if failure.isCancelled { return .failure(failure) }
        let message = surroundings.secrets.mask.apply(to: "\(failure)")
        switch hook.onFailure {
        case .fail: return .failure(failure)
        case .warn: return .warning(message)
        // Afterwards there is nothing to skip any more.
        case .skip: return moment == .before ? .skip(message, isWarning: false) : .warning(message)
        }
    }

    // MARK: Doing it

    private func perform(_ hook: HookSpecification, _ name: String) throws(HookFailure) -> ActionAnswer {
        let timeout = Duration.seconds(hook.timeout.fixedSeconds)
        if case .dockerStop(let containers, let mode, let grace) = hook.action {
            return try stop(containers, mode, grace.map { .seconds($0.fixedSeconds) }, hook, name, timeout)
        }
        try remember(hook, name)
        let event: ScriptVariables.Event = moment == .before ? .before : .after
        return try ActionRun(
            hook.action, name: name, timeout: timeout, in: surroundings,
            variables: hook.scriptProtocol == .duplicati ? script.environment(event) : [:]
        ).run()
    }

    private func remember(_ hook: HookSpecification, _ name: String) throws(HookFailure) {
        guard let undo = hook.undo else { return }
        try keeper.remember(name, .action(undo.action, timeout: .seconds(undo.timeout.fixedSeconds)))
    }

    /// Stops containers, after it is written down which of them ran.
    private func stop(
        _ containers: HookSpecification.Containers, _ mode: HookSpecification.StopMode, _ grace: Duration?,
        _ hook: HookSpecification, _ name: String, _ timeout: Duration
    ) throws(HookFailure) -> ActionAnswer {
        do {
            let stop = ContainerStop(
                engine: try surroundings.engine(), mode: mode, grace: grace,
                // A container may take its whole grace, and the engine a moment more.
                timeout: max(timeout, (grace ?? .zero) + .seconds(10)))
            let affected = try stop.affected(by: containers, surroundings.stop)
            try remember(hook, name)
            if !affected.isEmpty { try keeper.remember(name, .containers(affected, mode, timeout: timeout)) }
            try stop.begin(affected, surroundings.stop)
            let names = affected.map { $0.name }
            surroundings.logger.info(
                mode == .stop ? "containers stopped" : "containers paused",
                metadata: ["containers": "\(names.joined(separator: ", "))"])
        } catch let error as DockerError {
            throw HookFailure(name, .docker(error))
        } catch let error as HookFailure {
            throw error
        } catch {
            throw HookFailure(name, .journal("\(error)"))
        }
        return ActionAnswer(status: 0, output: [], lastLines: [], hasErrorOutput: false)
    }
}
