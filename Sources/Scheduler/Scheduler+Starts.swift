internal import Configuration
internal import Ledger
internal import Schedule
public import Support

/// What begins, and what is stopped.
extension Scheduler {
    /// Begins what waits and may, oldest first: who may not does not hold up those behind it.
    func start(_ now: Timestamp, _ state: DecisionState, _ decision: inout Decision) {
        var own = state.running.values.filter(\.isOwn).map(\.duty)
        let places = Dictionary(jobs.enumerated().map { ($1.duty, $0) }) { first, _ in first }
        var candidates: [(job: JobRules, open: JobMemory.Open)] = []
        for job in jobs where !job.recurrences.isEmpty {
            candidates += (state.memory[job.duty]?.open ?? []).filter { !$0.isRunning }.map { (job, $0) }
        }
        candidates.sort { ($0.open.due, places[$0.job.duty] ?? 0) < ($1.open.due, places[$1.job.duty] ?? 0) }
        var begun: Set<Duty> = []
        for (job, open) in candidates {
            guard state.running[job.name] == nil, !begun.contains(where: { $0.job == job.name }), !state.isAllPaused,
                !state.paused.contains(job.name), open.notBefore.map({ $0 <= now }) ?? true, isOpen(job, now)
            else { continue }
            switch order(of: job, open, now, state, begun) {
            case .wait: continue
            case .never:
                decision.facts.endings.append(
                    ScheduleFacts.Ending(job.duty, due: open.due, state: .skipped, reason: .after))
                continue
            case .go: break
            }
            guard own.count < concurrentJobs, isFree(job, own) else { continue }
            own.append(job.duty)
            begun.insert(job.duty)
            let isLate = now.seconds - open.due.seconds > Self.tolerance && job.window == nil
            decision.starts.append(
                Decision.Start(
                    job: job.name, kind: job.kind, due: open.due, attempt: open.attempts + 1,
                    trigger: open.attempts > 0 ? .retry : isLate ? .catchUp : .schedule))
        }
    }

    private func isFree(_ job: JobRules, _ own: [Duty]) -> Bool {
        job.destinations.allSatisfy { name in
            guard let limit = concurrentUses[name] else { return true }
            return jobs.count { own.contains($0.duty) && $0.destinations.contains(name) } < limit
        }
    }

    private enum Turn {
        case go
        case wait
        case never
    }

    /// Whether the jobs that go first have gone.
    private func order(
        of job: JobRules, _ open: JobMemory.Open, _ now: Timestamp, _ state: DecisionState, _ begun: Set<Duty>
    ) -> Turn {
        guard open.attempts == 0 else { return .go }
        for order in job.after {
            let first = state.memory[Duty(order.job)] ?? JobMemory()
            if begun.contains(Duty(order.job)) || state.running[order.job]?.kind == .backup || !first.open.isEmpty {
                return .wait
            }
            if let ended = first.ended, ended.seconds >= open.due.seconds {
                if order.result == .success, !first.endedGood { return .never }
                continue
            }
            guard !order.isOptional else { continue }
            // It has to have gone since this job's own last turn.
            let since = state.memory[job.duty]?.started ?? Timestamp(seconds: .min)
            let last = order.result == .success ? first.good : first.ended
            guard let last, last > since else { return .wait }
        }
        return .go
    }

    /// What has worked for too long, or after its window.
    func stops(_ now: Timestamp, _ state: DecisionState) -> [Decision.Stop] {
        jobs.compactMap { job in
            guard let run = state.running[job.name], run.isOwn, run.kind == job.kind else { return nil }
            return reason(toStop: run, job, at: now).map { Decision.Stop(job: job.name, reason: $0) }
        }
    }

    /// Why a run is to be stopped now; nil while it may go on.
    public func reason(toStop run: RunningJob, at now: Timestamp) -> Decision.Stop.Reason? {
        jobs.first { $0.duty == run.duty }.flatMap { reason(toStop: run, $0, at: now) }
    }

    private func reason(toStop run: RunningJob, _ job: JobRules, at now: Timestamp) -> Decision.Stop.Reason? {
        if let timeout = job.timeout, now.seconds - run.started.seconds >= timeout { return .timeout }
        guard run.isScheduled else { return nil }
        if closures.contains(where: { $0.contains(now, in: zone) }) { return .suspended }
        guard let window = job.window, job.excess != .continue, !window.contains(now, in: job.zone) else { return nil }
        return job.excess == .stop ? .window : .suspended
    }
}
