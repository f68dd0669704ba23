internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Logging
internal import Reporting
internal import Secrets
internal import Transport

/// Runs jobs and says what came of each.
struct RunAction {
    let configuration: ConfigurationInput
    let jobs: [String]
    /// Whether the schedules choose the jobs.
    let isDue: Bool
    let isStateless: Bool
    /// Whether a service is left alone.
    let isHere: Bool
    let json: Bool
    let failsOnWarning: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let reading = ConfigurationReading(configuration, environment: program.environment)
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
        let setting = program.setting(loaded.configuration.runtime)
        loaded.log(to: setting.logger)
        setting.logger.info("configuration read", metadata: loaded.configuration.logged)
        let state = StateFolder(loaded.configuration.runtime.stateDirectory, environment: program.environment)
        let keepsNothing = isStateless || loaded.configuration.runtime.isStateless
        guard !isDue || !keepsNothing else {
            throw Failure(
                .configuration, .usage,
                "Nothing is kept on this machine (`runtime.stateless`), so nobody knows what is due. Name the jobs.")
        }
        if !keepsNothing {
            try state.prepare()
            state.keepToOwner(setting.logger)
        }
        if !isHere, !isDue, !keepsNothing {
            let service = RunningService(state)
            if isThere(service, setting.logger) {
                return try run(by: service, loaded.configuration, state, setting, program)
            }
        }
        var context = RunContext(
            configuration: loaded.configuration,
            secrets: SecretStore(
                of: loaded.configuration, environment: program.environment, mask: program.mask),
            state: state, ledger: try Ledger(path: keepsNothing ? nil : state.ledger), logger: setting.logger,
            interruption: program.interruption, failsOnWarning: failsOnWarning,
            watch: setting.progress.watch)
        if isStateless { context.isStateless = true }
        if let grace = loaded.configuration.runtime.shutdownGrace {
            program.interruption.grace = .seconds(grace.fixedSeconds)
        }
        endAbandonedRuns(context)
        var reports: [RunReport] = []
        let showsText = !json && !program.output.isQuiet
        func tell(_ result: JobResult) {
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
        let code =
            isDue
            ? try DueBatch(in: context).run(finished: tell)
            : JobBatch(try chosen(loaded.configuration), in: context).run(finished: tell)
        MetricsDelivery(in: context).deliver()
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

    private func isThere(_ service: RunningService, _ logger: Logger) -> Bool {
        do throws(TransportError) {
            return try service.isThere()
        } catch {
            // A backup matters more than who makes it; a job that is at work there keeps this one out.
            logger.warning("the service does not answer; the jobs run in this process", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Has a service run the jobs, and tells of them as if they ran here.
    private func run(
        by service: RunningService, _ configuration: Configuration, _ state: StateFolder, _ setting: OutputSetting,
        _ program: Program
    ) throws -> Jobs.ExitCode {
        let jobs = try chosen(configuration)
        let showsLog = setting.logger.logLevel <= .info
        let isJSON = (program.output.logFormat?.rawValue ?? configuration.runtime.logFormat?.rawValue) == "json"
        let batch = ServiceBatch(
            service: service, configuration: configuration, ledger: try Ledger(path: state.ledger), setting: setting,
            interruption: program.interruption, failsOnWarning: failsOnWarning
        ) { line in
            guard showsLog else { return }
            if isJSON { setting.logger.info("\(line)") } else { program.console.log(line) }
        }
        try batch.expectSameConfiguration()
        setting.logger.info("a service runs the jobs", metadata: ["socket": "\(state.socket)"])
        var reports: [JSONValue] = []
        let code = try batch.run(jobs) { result in
            if let report = result.report { reports.append(report) }
            guard !json, !program.output.isQuiet else { return }
            try program.tell {
                for line in FollowedRunText(result, zone: setting.zone).lines { try program.console.print(line) }
            }
        }
        if json {
            try program.tell {
                try program.console.print(
                    document: "run",
                    [.init("exit_code", .integer(Int64(code.rawValue))), .init("reports", .array(reports))])
            }
        }
        return code
    }

    /// What a process that died has left in the ledger as running is ended, and told of with the other reports.
    private func endAbandonedRuns(_ context: RunContext) {
        do throws(LedgerError) {
            for run in try context.ledger.endAbandonedRuns(at: context.now()) {
                context.logger.warning(
                    "run was interrupted", metadata: ["job": "\(run.start.job)", "run_id": "\(run.start.id)"])
            }
            try EventReports(in: context).tell()
        } catch {
            // The run itself says what is wrong with the ledger, in its report.
            context.logger.error("ledger not usable", metadata: ["error": "\(error)"])
        }
    }

    /// The named jobs in the order of the command line, or all that are enabled in the order of the file.
    private func chosen(_ configuration: Configuration) throws -> [JobSpecification] {
        guard !jobs.isEmpty else { return configuration.jobs.filter(\.isEnabled) }
        var seen: Set<String> = []
        return try jobs.filter { seen.insert($0).inserted }.map { try configuration.findJob($0) }
    }
}

extension Configuration {
    /// The fingerprint, and what was set on top of the files.
    fileprivate var logged: Logger.Metadata {
        var metadata: Logger.Metadata = ["config": "\(hash)"]
        if !overrides.isEmpty { metadata["overrides"] = "\(overrides.joined(separator: ", "))" }
        return metadata
    }
}

extension LoadedConfiguration {
    /// Logs what should be better in the file, and where it is against its own policies.
    func log(to logger: Logger) {
        for warning in warnings + violations {
            logger.warning("\(warning.message)", metadata: warning.logged)
        }
    }
}

extension Diagnostic {
    /// Code and place for the log.
    var logged: Logger.Metadata { ["code": "\(code.rawValue)", "place": "\(place)"] }
}
