internal import Configuration
internal import Engine
internal import Jobs

/// A store that a command reaches without opening it: destination and passphrase.
struct ReachedStore {
    /// What is needed to use it.
    let access: StoreAccess
    /// How the command writes.
    let setting: OutputSetting
    /// What is counted on the way.
    let progress = RunProgress()

    /// Reaches the store of a command line.
    /// - Parameters:
    ///   - choice: which one.
    ///   - options: what the destination of a URL needs beyond it, as `name=value`.
    ///   - program: the invocation.
    /// - Throws: `Failure`, or `InvalidConfiguration`.
    init(_ choice: StoreChoice, options: [String] = [], _ program: Program) throws {
        var pairs: [String: String] = [:]
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.configuration, .usage, "“\(option)” is no option. Write it as NAME=VALUE.")
            }
            pairs[parts[0]] = parts[1]
        }
        func reading(_ setting: OutputSetting, _ progress: RunProgress) -> StoreReading {
            StoreReading(
                logger: setting.logger, mask: program.mask, environment: program.environment,
                interruption: program.interruption, progress: progress, problems: ProblemLog())
        }
        switch choice.place {
        case .job(let job, let destination, let input):
            let configuration = try program.load(input).configuration
            setting = program.setting(configuration.runtime)
            guard pairs.isEmpty else {
                throw Failure(.configuration, .usage, "'--option' goes with '--store'; a job has its own options.")
            }
            access = try reading(setting, progress).access(
                job: job, destination: destination, configuration: configuration)
        case .url(let url, let passphraseFile):
            setting = program.setting()
            access = try reading(setting, progress).access(
                url: url, options: pairs, passphraseFile: passphraseFile)
        }
    }
}
