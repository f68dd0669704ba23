internal import Configuration
internal import Jobs
internal import Logging
internal import Scheduler
internal import Secrets
internal import Synchronization

/// Taking over a changed configuration, or keeping the one that holds.
extension Service {
    func reloadIfDue() {
        let isDue = state.withLock { state in
            defer { state.isReloadAsked = false }
            if state.isStopping { return false }
            return state.isReloadAsked || state.watch?.isDue(at: .now) ?? false
        }
        guard isDue else { return }
        notices.reloading()
        takeOver()
        notices.ready()
    }

    /// Reads the files; what cannot be used is reported, and the old configuration stays in force.
    private func takeOver() {
        let reading = ConfigurationReading(setting.input, environment: setting.environment)
        let files = reading.files()
        do throws(InvalidConfiguration) {
            let loaded = try reading.load()
            for warning in loaded.warnings {
                setting.logger.warning(
                    "\(warning.message)",
                    metadata: ["code": "\(warning.code.rawValue)", "place": "\(warning.place)"])
            }
            follow(loaded, files)
        } catch {
            state.withLock { state in
                state.reloadFailure = "\(error)"
                // The same files are not read again until they change.
                state.follow(files)
            }
            for diagnostic in error.diagnostics where diagnostic.severity == .error {
                setting.logger.error(
                    "\(diagnostic.message)",
                    metadata: ["code": "\(diagnostic.code.rawValue)", "place": "\(diagnostic.place)"])
            }
            setting.logger.error("configuration not taken over; the one before stays in force")
            EarlyReport(
                error, receivers: reading.receivers(), environment: setting.environment, mask: setting.mask
            ).send(logger: setting.logger, transport: setting.transport)
        }
    }

    private func follow(_ loaded: LoadedConfiguration, _ files: ConfigurationFiles) {
        // By the old schedules everything up to now is accounted for; the new ones hold from now on.
        while look() {}
        settle()
        let change = state.withLock { state -> (old: String, new: String)? in
            let old = state.configuration.hash
            state.reloadFailure = nil
            state.configuration = loaded.configuration
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
        let folder = StateFolder(
            loaded.configuration.runtime.stateDirectory, environment: setting.environment)
        if folder != setting.state {
            setting.logger.warning("runtime.state_dir changes with the next start of the service only")
        }
    }
}
