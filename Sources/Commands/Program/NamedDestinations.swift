internal import Configuration
internal import Destinations
internal import Engine
internal import Jobs
internal import Secrets
internal import Support

/// The destinations that a command line names, not opened yet.
struct NamedDestinations {
    /// One of them.
    struct Item {
        /// What people call it: its name, its name and a job's, or nothing beyond its URL.
        let name: String?
        /// What a configuration says of it.
        let specification: DestinationSpecification?
        /// The jobs that store there.
        let jobs: [JobSpecification]
        /// Makes the destination; without keeping promises, objects are neither locked nor put into classes.
        let open: (_ keepsPromises: Bool) throws(Failure) -> DestinationAccess
        /// The passphrase of the job that stores there, when there is exactly one and it has one.
        let passphrase: () throws(Failure) -> Secret?
    }

    /// What was named, in that order.
    let items: [Item]
    /// How the command writes.
    let setting: OutputSetting
    /// What is counted on the way.
    let progress = RunProgress()
    private let options: DestinationOptions
    private let program: Program
    private let configuration: Configuration?
    private let secrets: SecretStore?

    /// Finds destinations.
    /// - Parameters:
    ///   - words: names of the configuration's destinations, or URLs; all of the configuration when there is none.
    ///   - options: the configuration, and what goes with URLs.
    ///   - program: the invocation.
    /// - Throws: `Failure` with `ExitCode.usage` for unknown names, or `InvalidConfiguration`.
    init(_ words: [String], _ options: DestinationOptions, _ program: Program) throws {
        guard !words.contains("") else {
            throw Failure(.configuration, .usage, "A destination is empty. \(StoreChoice.hint)")
        }
        let configuration = try options.configuration.map { try program.load($0).configuration }
        let setting = program.setting(configuration?.runtime)
        let secrets = configuration.map {
            SecretStore(of: $0, environment: program.environment, mask: program.mask)
        }
        var names = words
        if names.isEmpty { names = configuration?.destinations.keys.sorted() ?? [] }
        guard !names.isEmpty else {
            throw Failure(
                .configuration, .usage, "Name the destination: its name with '--config <file>', or its URL.")
        }
        self.options = options
        self.program = program
        self.configuration = configuration
        self.secrets = secrets
        self.setting = setting
        var items: [Item] = []
        let finder = Finder(
            options: options, program: program, configuration: configuration, secrets: secrets, setting: setting,
            progress: progress)
        for name in names { items += try finder.find(name) }
        self.items = items
    }
}

/// Turns words into destinations.
private struct Finder {
    let options: DestinationOptions
    let program: Program
    let configuration: Configuration?
    let secrets: SecretStore?
    let setting: OutputSetting
    let progress: RunProgress

    func find(_ word: String) throws(Failure) -> [NamedDestinations.Item] {
        if word.contains("://") || word.hasPrefix("/") || word.hasPrefix(".") { return [try url(word)] }
        guard let configuration, let secrets else {
            throw Failure(
                .configuration, .usage,
                "“\(word)” is no URL. Name the configuration that defines it with '--config <file>'.")
        }
        let specification = try configuration.findDestination(word)
        let users = try jobs(using: specification, configuration)
        guard specification.url.contains(DestinationSpecification.jobPlaceholder) else {
            return [item(specification.name, specification, users, for: users.count == 1 ? users[0] : nil, secrets)]
        }
        guard !users.isEmpty else {
            throw Failure(
                .configuration, .usage,
                "The URL of “\(word)” has the name of a job in it, and no job uses it. Name one with '--job <name>'.")
        }
        return users.map { item("\(specification.name) (\($0.name))", specification, [$0], for: $0, secrets) }
    }

    private func jobs(
        using specification: DestinationSpecification, _ configuration: Configuration
    ) throws(Failure) -> [JobSpecification] {
        if let name = options.job { return [try configuration.findJob(name)] }
        return configuration.jobs.filter { $0.destinations.contains(specification.name) }
    }

    private func item(
        _ name: String, _ specification: DestinationSpecification, _ jobs: [JobSpecification],
        for job: JobSpecification?, _ secrets: SecretStore
    ) -> NamedDestinations.Item {
        NamedDestinations.Item(
            name: name, specification: specification, jobs: jobs,
            open: { keepsPromises throws(Failure) in
                try DestinationAccess(
                    specification, for: job, secrets: secrets, logger: setting.logger, keepsPromises: keepsPromises,
                    interruption: program.interruption, progress: progress)
            },
            passphrase: { () throws(Failure) in
                do {
                    return try job?.passphrase.map { try secrets.secret($0) }
                } catch {
                    throw Failure(error)
                }
            })
    }

    private func url(_ url: String) throws(Failure) -> NamedDestinations.Item {
        var pairs: [String: String] = [:]
        for option in options.option {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.configuration, .usage, "“\(option)” is no option. Write it as NAME=VALUE.")
            }
            pairs[parts[0]] = parts[1]
        }
        return NamedDestinations.Item(
            name: nil, specification: nil, jobs: [],
            open: { _ throws(Failure) in
                try DestinationAccess(
                    url: url, options: pairs, environment: program.environment, mask: program.mask,
                    logger: setting.logger, interruption: program.interruption, progress: progress)
            }, passphrase: { () throws(Failure) in nil })
    }
}
