internal import API
internal import Configuration
internal import Jobs
internal import Ledger
internal import Logging
internal import Service

/// Follows the schedules of a configuration.
struct ServeAction {
    let configuration: ConfigurationInput
    let failsOnWarning: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        guard !configuration.paths.contains(ConfigurationInput.standardInput) else {
            throw Failure(
                .configuration, .usage, "A service reads its files again, which standard input cannot do. Name a file.")
        }
        let reading = ConfigurationReading(configuration, environment: program.environment)
        let files = reading.files()
        let loaded: LoadedConfiguration
        do throws(InvalidConfiguration) {
            loaded = try reading.load()
        } catch {
            let early = EarlyReport(
                error, receivers: reading.receivers(), environment: program.environment, mask: program.mask)
            let logger = program.setting().logger
            early.send(ledger: early.ledger(program.environment, logger: logger), logger: logger)
            throw error
        }
        let runtime = loaded.configuration.runtime
        guard !runtime.isStateless else {
            throw Failure(
                .configuration, .usage,
                "A service has to remember what it has done: it cannot serve with `runtime.stateless`.")
        }
        let setting = program.setting(runtime)
        loaded.log(to: setting.logger)
        let state = StateFolder(runtime.stateDirectory, environment: program.environment)
        try state.prepare()
        let lock = try CatalogLock(state.serviceLock, subject: "The state folder \(state.path)")
        state.keepToOwner(setting.logger)
        if let grace = runtime.shutdownGrace { program.interruption.grace = .seconds(grace.fixedSeconds) }
        let serviceSetting = ServiceSetting(
            input: configuration, environment: program.environment, mask: program.mask, state: state,
            ledger: try Ledger(path: state.ledger), logger: setting.logger, interruption: program.interruption,
            failsOnWarning: failsOnWarning)
        let service = Service(loaded, files: files, serviceSetting)
        let server = APIServer(service, serviceSetting)
        try server.start()
        defer { server.stop() }
        program.signals.take { signal in
            switch signal {
            case .hangUp, .second: service.reload()
            case .first: service.logStatus()
            }
        }
        defer { withExtendedLifetime(lock) {} }
        return service.run()
    }
}
