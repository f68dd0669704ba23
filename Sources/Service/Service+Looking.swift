internal import Configuration
internal import Jobs
internal import Ledger
internal import Logging
internal import Scheduler
internal import Support
internal import Synchronization

/// One look at the schedules: decide, keep, then begin and stop.
extension Service {
    /// Looks once.
    /// - Returns: whether there is more to be decided at once.
    func look() -> Bool {
        let now = setting.now()
        let (scheduler, running, isStopping) = state.withLock { state in
            (state.scheduler, state.runningJobs(at: now, .now), state.isStopping)
        }
        bandwidth.follow(state.withLock { $0.configuration }, at: now)
        // Nothing is decided any more: whoever starts next accounts for what comes up until then.
        guard !isStopping else { return false }
        do throws(LedgerError) {
            let memory = try setting.ledger.scheduleMemory()
            let foreign = try setting.ledger.runningJobs().filter { one in !running.contains { $0.job == one.key } }
            let decision = scheduler.decide(
                at: now, memory: memory, pauses: try setting.ledger.pauses(),
                running: running
                    + foreign.map {
                        RunningJob(job: $0.key, kind: $0.value.kind, started: now, isOwn: false)
                    })
            try setting.ledger.keep(decision.facts, at: now)
            log(decision.facts)
            for stop in decision.stops { self.stop(stop) }
            for start in decision.starts { begin(start) }
            beginAsked(scheduler)
            let next = Dictionary(
                uniqueKeysWithValues: scheduler.jobs.compactMap { job in
                    scheduler.next(of: job, after: memory[job.duty]?.decided ?? now).map { (job.duty, $0) }
                })
            state.withLock { state in
                state.looked = now
                state.next = next
                state.ledgerFailure = nil
            }
            try care(now)
            return !decision.facts.isEmpty
        } catch {
            let isNews = state.withLock { state in
                defer { state.ledgerFailure = "\(error)" }
                return state.ledgerFailure != "\(error)"
            }
            if isNews { setting.logger.error("ledger not usable", metadata: ["error": "\(error)"]) }
            return false
        }
    }

    private func log(_ facts: ScheduleFacts) {
        for (duty, moment) in facts.rewound {
            setting.logger.warning("clock was set back", metadata: ["job": "\(duty)", "to": "\(moment)"])
        }
        for one in facts.occurrences where one.state != .waiting {
            var metadata: Logger.Metadata = ["job": "\(one.duty)", "due": "\(one.due)"]
            if one.count > 1 { metadata["count"] = "\(one.count)" }
            if let reason = one.reason { metadata["reason"] = "\(reason.rawValue)" }
            setting.logger.log(
                level: one.state == .missed ? .warning : .info, "run \(one.state.rawValue)", metadata: metadata)
        }
        for ending in facts.endings {
            setting.logger.info(
                "run \(ending.state.rawValue)",
                metadata: [
                    "job": "\(ending.duty)", "due": "\(ending.due)", "reason": "\(ending.reason?.rawValue ?? "-")",
                ])
        }
    }

    private func stop(_ stop: Decision.Stop) {
        guard let run = state.withLock({ $0.running[stop.job] }), !run.interruption.isRequested else { return }
        setting.logger.notice("run is stopped", metadata: ["job": "\(stop.job)", "reason": "\(stop.reason.rawValue)"])
        run.interruption.request(.terminate, because: StopReason(stop.reason))
    }

    // MARK: What is done now and then

    /// Judges ages, tells events, remembers how far it has come, and forgets what is old.
    private func care(_ now: Timestamp) throws(LedgerError) {
        let instant = ContinuousClock.now
        let (objectives, proofs, isJudging, isSettling, isCleaning) = state.withLock { state in
            let isJudging = state.judged.map { instant - $0 >= .seconds(10) } ?? true
            let isSettling = state.settled.map { instant - $0 >= .seconds(3600) } ?? false
            let isCleaning = state.cleaned.map { abs(now.seconds - $0.seconds) >= 86_400 } ?? true
            if isJudging { state.judged = instant }
            if isSettling || state.settled == nil { state.settled = instant }
            if isCleaning { state.cleaned = now }
            return (
                isJudging ? state.configuration.objectives : [], isJudging ? state.configuration.proofObjectives : [],
                isJudging, isSettling, isCleaning
            )
        }
        if isJudging {
            try setting.ledger.judge(objectives, at: now)
            try setting.ledger.judge(proofs: proofs, at: now)
            try tellEvents()
        }
        if isSettling { settle() }
        if isCleaning {
            for id in try setting.ledger.forget(at: now) { setting.state.removeLog(ofRun: id) }
        }
    }

    /// Keeps the moment up to which everything is accounted for.
    func settle() {
        let now = Timestamp(seconds: setting.now().seconds)
        let jobs = state.withLock { $0.scheduler.jobs.filter { !$0.recurrences.isEmpty } }
        do throws(LedgerError) {
            let memory = try setting.ledger.scheduleMemory()
            var facts = ScheduleFacts()
            for job in jobs {
                guard let decided = memory[job.duty]?.decided, decided < now,
                    job.next(after: decided).map({ $0 > now }) ?? true
                else { continue }
                facts.decided[job.duty] = now
            }
            try setting.ledger.keep(facts, at: now)
        } catch {
            setting.logger.error("ledger not usable", metadata: ["error": "\(error)"])
        }
    }

    /// Tells of what happened beside the runs.
    private func tellEvents() throws(LedgerError) {
        let context = state.withLock { self.context($0, setting.interruption) }
        if try EventReports(in: context).tell() > 0 { post.ring() }
    }
}
