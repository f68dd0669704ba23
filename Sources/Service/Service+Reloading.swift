internal import Configuration
internal import Jobs
internal import Ledger
internal import Logging
internal import Reporting
internal import Scheduler
internal import Secrets
internal import Support
internal import Synchronization

/// Taking over a changed configuration, or keeping the one that holds: read, check, plan, approve, and then replace.
extension Service {
    func reloadIfDue() {
        let (candidate, isDue) = state.withLock { state -> (ServiceState.Candidate?, Bool) in
            guard !state.isStopping, !state.isPlanning else { return (nil, false) }
            if let candidate = state.candidate {
                state.candidate = nil
                return (candidate, false)
            }
            defer { state.isReloadAsked = false }
            return (nil, state.isReloadAsked || state.watch?.isDue(at: .now) ?? false)
        }
        guard candidate != nil || isDue else { return }
        notices.reloading()
        if let candidate { judge(candidate) }
        if isDue { read() }
        notices.ready()
    }

    /// Reads the files; what cannot be used is reported, and the old configuration stays in force.
    private func read() {
        let reading = ConfigurationReading(setting.input, environment: setting.environment)
        let files = reading.files()
        do throws(InvalidConfiguration) {
            let loaded = try reading.load()
            for warning in loaded.warnings {
                setting.logger.warning(
                    "\(warning.message)",
                    metadata: ["code": "\(warning.code.rawValue)", "place": "\(warning.place)"])
            }
            plan(loaded, files)
        } catch {
            for diagnostic in error.diagnostics where diagnostic.severity == .error {
                setting.logger.error(
                    "\(diagnostic.message)",
                    metadata: ["code": "\(diagnostic.code.rawValue)", "place": "\(diagnostic.place)"])
            }
            refuse(files, "\(error)", error.diagnostics.map { RunReport.Problem($0) })
        }
    }

    /// Finds out what a candidate would do, on a thread of its own: a store may take its time to answer.
    private func plan(_ loaded: LoadedConfiguration, _ files: ConfigurationFiles) {
        let base = state.withLock { $0.loaded }
        guard base.configuration.hash != loaded.configuration.hash else { return follow(loaded, files) }
        var options = Planner.Options()
        options.isForGate = true
        let planner = Planner(
            loaded, against: PlanBase(label: "the configuration that holds", loaded: base), options: options,
            environment: setting.environment, logger: setting.logger, mask: setting.mask,
            interruption: setting.interruption, now: setting.now())
        state.withLock { $0.isPlanning = true }
        do throws(SystemError) {
            _ = try WorkerThread("plan") { [self] in
                let plan = Result { () throws(Failure) in try planner.plan() }
                state.withLock { state in
                    state.isPlanning = false
                    state.candidate = ServiceState.Candidate(loaded: loaded, files: files, plan: plan)
                }
                wake()
            }
        } catch {
            state.withLock { $0.isPlanning = false }
            refuse(files, "\(error)", [.init(severity: .error, message: "It could not be planned: \(error).")])
        }
    }

    /// Takes a candidate over that is harmless or approved.
    private func judge(_ candidate: ServiceState.Candidate) {
        switch candidate.plan {
        case .failure(let failure):
            refuse(
                candidate.files, failure.message,
                [.init(code: failure.code.rawValue, severity: .error, message: failure.message)])
        case .success(let plan):
            let approvals = candidate.loaded.configuration.runtime.reload.approved
            if plan.needsApproval, !approvals.contains(where: { plan.isApproved(by: $0) }) {
                let remedy = "To take it over, add this plan to `runtime.reload.approved`: \(plan.hash)"
                let reasons = plan.approvalReasons + [remedy]
                for reason in reasons { setting.logger.error("\(setting.mask.apply(to: reason))") }
                let code = Failure.Code.refused.rawValue
                refuse(
                    candidate.files, reasons.joined(separator: " "),
                    reasons.map { .init(code: code, severity: .error, message: setting.mask.apply(to: $0)) })
                return
            }
            if plan.needsApproval { setting.logger.notice("plan is approved", metadata: ["plan": "\(plan.hash)"]) }
            follow(candidate.loaded, candidate.files)
        }
    }

    /// Keeps the configuration that holds, and tells of it: of the same refusal once.
    private func refuse(_ files: ConfigurationFiles, _ reason: String, _ problems: [RunReport.Problem]) {
        let (isNews, context) = state.withLock { state in
            defer { state.toldRefusal = reason }
            state.reloadFailure = reason
            // The same files are not read again until they change.
            state.follow(files)
            return (state.toldRefusal != reason, self.context(state, setting.interruption))
        }
        setting.logger.error("configuration not taken over; the one before stays in force")
        guard isNews else { return }
        tell { () throws(LedgerError) in try ConfigurationReports(in: context).refused(problems) }
    }

    private func follow(_ loaded: LoadedConfiguration, _ files: ConfigurationFiles) {
        // By the old schedules everything up to now is accounted for; the new ones hold from now on.
        while look() {}
        settle()
        let change = state.withLock { state -> (old: String, new: String)? in
            let old = state.configuration.hash
            state.reloadFailure = nil
            state.toldRefusal = nil
            state.loaded = loaded
            state.configured = setting.now()
            state.scheduler = Scheduler(loaded.configuration)
            state.secrets = SecretStore(
                of: loaded.configuration, environment: setting.environment, mask: setting.mask)
            state.follow(files)
            state.judged = nil
            return old == loaded.configuration.hash ? nil : (old, loaded.configuration.hash)
        }
        tellFollowers()
        guard let change else {
            setting.logger.info("configuration read again; nothing has changed")
            return
        }
        setting.logger.notice(
            "configuration taken over", metadata: ["config": "\(change.new)", "old": "\(change.old)"])
        keep(loaded)
        let context = state.withLock { self.context($0, setting.interruption) }
        tell { () throws(LedgerError) in try ConfigurationReports(in: context).changed() }
        let folder = StateFolder(
            loaded.configuration.runtime.stateDirectory, environment: setting.environment)
        if folder != setting.state {
            setting.logger.warning("runtime.state_dir changes with the next start of the service only")
        }
    }

    /// Leaves the configuration where `dunnage plan` finds it.
    func keep(_ loaded: LoadedConfiguration) {
        do throws(SystemError) {
            try ServingConfiguration.keep(loaded, from: setting.input, in: setting.state)
        } catch {
            setting.logger.warning("configuration not kept for plans", metadata: ["error": "\(error)"])
        }
    }

    private func tell(_ report: () throws(LedgerError) -> Void) {
        do throws(LedgerError) {
            try report()
            post.ring()
        } catch {
            setting.logger.error("ledger not usable", metadata: ["error": "\(error)"])
        }
    }
}
