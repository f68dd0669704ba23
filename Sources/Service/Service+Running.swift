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
            let asked = state.withLock { state -> (job: String, id: RunIdentifier)? in
                guard state.running.count < scheduler.concurrentJobs,
                    let index = state.asked.firstIndex(where: { state.running[$0.job] == nil })
                else { return nil }
                return state.asked.remove(at: index)
            }
            guard let asked else { return }
            begin(Duty(asked.job), for: nil, as: asked.id)
        }
    }

    private func begin(_ duty: Duty, for occurrence: ScheduledRun?, as id: RunIdentifier? = nil) {
        let interruption = Interruption()
        let name = duty.job
        let id = id ?? RunIdentifier(at: setting.now())
        let prepared = state.withLock { state -> (JobSpecification, RunContext)? in
            guard let job = state.configuration.job(named: name), state.running[name] == nil,
                state.held[name].map({ $0 <= .now }) ?? true
            else { return nil }
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
        guard let (job, context) = prepared else { return }
        do throws(SystemError) {
            _ = try WorkerThread("run \(name)") { [self] in
                let result = DutyRun(job, duty.kind, in: context).run()
                finished(name, result)
                MetricsDelivery(in: context).deliver()
            }
        } catch {
            // It waits in the ledger, and is begun at the next look.
            state.withLock { _ = $0.running.removeValue(forKey: name) }
            setting.logger.error("run not begun", metadata: ["job": "\(name)", "error": "\(error)"])
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
        let isKept = (try? setting.ledger.runs(beginningWith: result.id.description).isEmpty) == false
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
