internal import Configuration
internal import Jobs
internal import Ledger
internal import Logging
internal import Reporting
internal import Scheduler
internal import Secrets
internal import Support
internal import Synchronization

/// Runs: each has a thread, and an interruption of its own.
extension Service {
    func begin(_ start: Decision.Start) {
        begin(
            Duty(start.job, start.kind),
            for: ScheduledRun(due: start.due, attempt: start.attempt, trigger: start.trigger))
    }

    /// Begins what somebody asked for, as far as there is room.
    func beginAsked(_ scheduler: Scheduler) {
        while true {
            let (next, gone) = state.withLock { state in
                let gone = state.asked.filter { state.configuration.job(named: $0.job) == nil }
                state.asked.removeAll { one in gone.contains { $0.id == one.id } }
                let hasRoom = state.running.count < scheduler.concurrentJobs
                return (hasRoom ? state.asked.first { state.mayBegin($0.job) } : nil, gone)
            }
            for run in gone {
                setting.logger.warning(
                    "run that was asked for not begun: the configuration has no such job any more",
                    metadata: ["job": "\(run.job)", "run_id": "\(run.id)"])
            }
            guard let next, begin(Duty(next.job), for: nil, as: next.id) else { return }
        }
    }

    /// Begins a run, unless it must wait, or was taken back.
    /// - Parameters:
    ///   - duty: what is to be done.
    ///   - occurrence: what it is for.
    ///   - asked: the identifier of a run that somebody asked for; it waits until it has begun.
    /// - Returns: whether it has begun.
    @discardableResult
    private func begin(_ duty: Duty, for occurrence: ScheduledRun?, as asked: RunIdentifier? = nil) -> Bool {
        let interruption = Interruption()
        let name = duty.job
        let id = asked ?? RunIdentifier(at: setting.now())
        let prepared = state.withLock { state -> (JobSpecification, RunContext)? in
            guard let job = state.configuration.job(named: name), state.mayBegin(name) else { return nil }
            if asked != nil {
                guard let index = state.asked.firstIndex(where: { $0.id == id }) else { return nil }
                // In one step with what follows: a stop finds it here or there.
                state.asked.remove(at: index)
            }
            state.running[name] = ServiceState.Run(
                id: id, kind: duty.kind, interruption: interruption, started: setting.now(), began: .now,
                trigger: occurrence?.trigger ?? .api, isScheduled: occurrence != nil)
            if let grace = state.configuration.runtime.shutdownGrace {
                interruption.grace = .seconds(grace.fixedSeconds)
            }
            var context = self.context(state, interruption)
            context.watch = { [weak self] progress in
                self?.state.withLock { $0.running[name]?.progress = progress }
            }
            context.occurrence = occurrence
            context.identifier = id
            return (job, context)
        }
        guard let (job, context) = prepared else { return false }
        do throws(SystemError) {
            _ = try WorkerThread("run \(name)") { [self] in
                let result = DutyRun(job, duty.kind, in: context).run()
                finished(name, result)
                MetricsDelivery(in: context).deliver()
            }
            return true
        } catch {
            // It waits, here or in the ledger, and is begun at the next look.
            state.withLock { state in
                state.running[name] = nil
                if let asked { state.asked.insert((name, asked), at: 0) }
            }
            setting.logger.error("run not begun", metadata: ["job": "\(name)", "error": "\(error)"])
            return false
        }
    }

    /// What a run, or what is done beside the runs, goes by.
    func context(_ state: ServiceState, _ interruption: Interruption) -> RunContext {
        var policy = DeliveryPolicy()
        policy.stay = nil
        var context = RunContext(
            configuration: state.configuration,
            secrets: state.secrets.refreshed(endedBy: interruption.preparations), state: setting.state,
            ledger: setting.ledger, logger: setting.logger, interruption: interruption,
            failsOnWarning: setting.failsOnWarning, trigger: .api, transport: setting.transport,
            deliveryPolicy: policy, now: setting.now)
        context.bandwidth = bandwidth
        return context
    }

    private func finished(_ name: String, _ result: JobResult) {
        var isKept = false
        do throws(LedgerError) {
            isKept = try !setting.ledger.runs(beginningWith: result.id.description).isEmpty
        } catch {
            setting.logger.error(
                "ledger not usable; the job rests for a minute", metadata: ["job": "\(name)", "error": "\(error)"])
        }
        state.withLock { state in
            state.running[name] = nil
            // It is still waiting then, and would fail again at once.
            state.held[name] = isKept ? nil : .now + .seconds(60)
            // Somebody may be overdue or recovered now.
            state.judged = nil
        }
        setting.logger.info(
            "run finished",
            metadata: [
                "job": "\(name)", "run_id": "\(result.id)", "result": "\(result.outcome.result.rawValue)",
            ])
        wake()
        post.ring()
    }
}
