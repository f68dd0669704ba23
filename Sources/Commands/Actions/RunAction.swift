internal import Configuration
internal import JSON
internal import Jobs
internal import Logging
internal import Reporting
internal import Secrets

/// Runs jobs and says what came of each.
struct RunAction {
    let configuration: String
    let jobs: [String]
    let isStateless: Bool
    let json: Bool
    let failsOnWarning: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let loaded: LoadedConfiguration
        do {
            loaded = try program.load(configuration)
        } catch let error as InvalidConfiguration {
            EarlyReport(error, path: configuration, environment: program.environment, mask: program.mask)
                .send(logger: program.setting().logger)
            throw error
        }
        let setting = program.setting(loaded.configuration.runtime)
        loaded.log(to: setting.logger)
        var context = RunContext(
            configuration: loaded.configuration,
            secrets: SecretStore(
                of: loaded.configuration, environment: program.environment, mask: program.mask),
            state: StateFolder(loaded.configuration.runtime.stateDirectory, environment: program.environment),
            logger: setting.logger, interruption: program.interruption, failsOnWarning: failsOnWarning,
            watch: setting.progress.watch)
        if isStateless { context.isStateless = true }
        if let grace = loaded.configuration.runtime.shutdownGrace {
            program.interruption.grace = .seconds(grace.fixedSeconds)
        }
        var reports: [RunReport] = []
        let showsText = !json && !program.output.isQuiet
        let code = JobBatch(try chosen(loaded.configuration), in: context).run { result in
            reports.append(result.report)
            guard showsText else { return }
            do {
                try program.tell {
                    for line in BackupText(result, zone: setting.zone).lines { try program.console.print(line) }
                }
            } catch {
                // The other jobs matter more than a line about this one.
                setting.logger.warning("summary not written", metadata: ["error": "\(error)"])
            }
        }
        if json {
            try program.tell {
                try program.console.print(
                    document: "run",
                    [
                        .init("exit_code", .integer(Int64(code.rawValue))),
                        .init("reports", .array(reports.map { $0.json(masking: program.mask.apply) })),
                    ])
            }
        }
        return code
    }

    /// The named jobs in the order of the command line, or all in the order of the file.
    private func chosen(_ configuration: Configuration) throws -> [JobSpecification] {
        guard !jobs.isEmpty else { return configuration.jobs }
        var seen: Set<String> = []
        return try jobs.filter { seen.insert($0).inserted }.map { try configuration.findJob($0) }
    }
}

extension LoadedConfiguration {
    /// Logs what should be better in the file.
    func log(to logger: Logger) {
        for warning in warnings {
            logger.warning("\(warning.message)", metadata: warning.logged)
        }
    }
}

extension Diagnostic {
    /// Code and place for the log.
    var logged: Logger.Metadata { ["code": "\(code.rawValue)", "place": "\(file):\(line):\(column)"] }
}
