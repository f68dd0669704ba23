internal import Configuration
internal import Jobs
internal import Ledger
internal import Scheduler

/// A configuration, and the ledger of its state folder: what commands need that tell of runs and schedules.
struct OpenedLedger {
    let configuration: Configuration
    let state: StateFolder
    let ledger: Ledger
    let setting: OutputSetting

    /// Reads the configuration and opens its ledger; where there has been no run yet, an empty one.
    init(_ input: ConfigurationInput, _ program: Program) throws {
        let loaded = try program.load(input)
        configuration = loaded.configuration
        setting = program.setting(configuration.runtime)
        state = StateFolder(configuration.runtime.stateDirectory, environment: program.environment)
        guard !configuration.runtime.isStateless else {
            throw Failure(
                .configuration, .usage,
                "This configuration keeps nothing on this machine (`runtime.stateless`), so there is no ledger.")
        }
        try state.prepare()
        state.keepToOwner(setting.logger)
        ledger = try Ledger(path: state.ledger)
    }

    /// The named job, or all of them in the order of the file.
    func jobs(_ name: String?) throws(Failure) -> [JobSpecification] {
        guard let name else { return configuration.jobs }
        return [try configuration.findJob(name)]
    }
}
