internal import Configuration
internal import Destinations
internal import Engine
internal import Jobs

/// A store that a command reads, and how the command writes what it finds.
struct OpenedStore {
    /// The objects and the catalog.
    let session: StoreSession
    /// What the store holds.
    let view: StoreView
    /// What is wrong with it.
    let problems: ProblemLog
    /// How the command writes.
    let setting: OutputSetting
    /// The job that the command line names, if it names one.
    let job: JobSpecification?
    /// The destination of that job.
    let destination: String?
    /// The configuration that the job is of.
    let configuration: Configuration?
    /// The right to change the store, when it was asked for.
    private let held: HeldStore?

    /// Opens the store of a command line.
    /// - Parameters:
    ///   - choice: which one.
    ///   - program: the invocation.
    ///   - logsProblems: whether problems are logged as they come, rather than printed by the command.
    ///   - change: the command's name when it changes the store, and must not meet a backup at work.
    ///   - toleratesLostVersions: whether a store to be changed is opened although it has lost all its versions.
    /// - Throws: `Failure`, or `InvalidConfiguration`.
    init(
        _ choice: StoreChoice, _ program: Program, logsProblems: Bool = true, change: String? = nil,
        toleratesLostVersions: Bool = false
    ) throws {
        let configuration: Configuration? =
            switch choice.place {
            case .job(_, _, let input): try program.load(input).configuration
            case .url: nil
            }
        let setting = program.setting(configuration?.runtime)
        let problems = ProblemLog(observer: logsProblems ? ProblemLogging(setting.logger).observer : nil)
        let progress = RunProgress()
        let reading = StoreReading(
            logger: setting.logger, mask: program.mask, environment: program.environment,
            interruption: program.interruption, progress: progress, problems: problems)
        let writing = change.map {
            StoreWriting(
                activity: $0, logger: setting.logger, mask: program.mask, environment: program.environment,
                interruption: program.interruption, progress: progress, problems: problems,
                toleratesLostVersions: toleratesLostVersions)
        }
        setting.progress.watch(progress)
        do {
            switch (choice.place, configuration) {
            case (.job(let name, let destination, _), let configuration?):
                if let change, Self.frozen.contains(change) {
                    try StoreFreeze.refuse(job: name, configuration, environment: program.environment)
                }
                held = try writing?.open(job: name, destination: destination, configuration: configuration)
                session =
                    try held?.session
                    ?? reading.open(job: name, destination: destination, configuration: configuration)
                let named = configuration.job(named: name)
                self.destination = destination ?? named?.destinations.first
                job = named.map { $0.at(destination ?? $0.destinations.first ?? "") }
            case (.url(let url, let passphraseFile), _), (.job(let url, let passphraseFile, _), nil):
                held = try writing?.open(url: url, passphraseFile: passphraseFile)
                session = try held?.session ?? reading.open(url: url, passphraseFile: passphraseFile)
                destination = nil
                job = nil
            }
        } catch {
            setting.progress.watch(nil)
            throw error
        }
        self.configuration = configuration
        view = StoreView(session.catalog)
        self.problems = problems
        self.setting = setting
    }

    /// The commands that delete what nobody has named, and so wait while a version is in quarantine.
    private static let frozen: Set<String> = ["compact", "retention"]

    /// Where the store is, without secrets.
    var label: String { session.store.destination.label }

    /// What a command returns that has listed what it could: some of it may be missing where the store is damaged.
    var exitCode: Jobs.ExitCode { ProblemDigest(problems).errors > 0 ? .failure : .success }

    /// Leaves the catalog as it is now at the destination, where copies of it are kept; to be called after a change.
    func endChange() { held?.renewCatalogCopy() }

    /// Ends the display of progress, before data is printed.
    func endProgress() { setting.progress.watch(nil) }

    /// Which version is meant; times without a zone are of the configured one.
    /// - Throws: `Failure` with `ExitCode.usage`.
    func version(_ text: String?) throws -> VersionSelector {
        try Self.version(text, zone: setting.zone)
    }

    /// Which version is meant; times without a zone are of `zone`.
    /// - Throws: `Failure` with `ExitCode.usage`.
    static func version(_ text: String?, zone: TimeZoneClock) throws -> VersionSelector {
        guard let text else { return .newest }
        if let time = zone.time(text) { return .time(time) }
        if let selector = VersionSelector(text) { return selector }
        throw Failure(
            .configuration, .usage,
            "“\(text)” is no version. Write its number, 0 for the newest, or a time such as 2026-11-21 or "
                + "2026-11-21T03:18:26Z.")
    }

    /// Patterns of the command line.
    static func expressions(_ patterns: [String]) throws -> [FilterExpression] {
        do {
            return try patterns.map { try FilterExpression(argument: $0) }
        } catch {
            throw Failure(.configuration, .usage, "\(error)")
        }
    }
}
