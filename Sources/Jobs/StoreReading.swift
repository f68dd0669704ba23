public import Configuration
public import Engine
internal import Glibc
public import Logging
public import Secrets
internal import Support

/// Opens stores for those commands that only read them.
public struct StoreReading: Sendable {
    private let logger: Logger
    private let mask: SecretMask
    private let environment: [String: String]
    private let interruption: Interruption
    private let progress: RunProgress
    private let problems: ProblemLog

    /// What every opened store shares.
    /// - Parameters:
    ///   - logger: is told what the user should know.
    ///   - mask: learns the secrets.
    ///   - environment: the variables of the process.
    ///   - interruption: ends everything early.
    ///   - progress: is counted into.
    ///   - problems: gets damaged and missing objects.
    public init(
        logger: Logger, mask: SecretMask, environment: [String: String], interruption: Interruption,
        progress: RunProgress, problems: ProblemLog
    ) {
        self.logger = logger
        self.mask = mask
        self.environment = environment
        self.interruption = interruption
        self.progress = progress
        self.problems = problems
    }

    /// The store of a job, with the local catalog where that can be used.
    /// - Parameters:
    ///   - job: the job's name.
    ///   - destination: the destination's name; the job's first unless told.
    ///   - configuration: what defines both.
    /// - Returns: the open store.
    /// - Throws: `Failure`, with `ExitCode.usage` for an unknown name.
    public func open(
        job: String, destination: String?, configuration: Configuration
    ) throws(Failure) -> StoreSession {
        let access = try access(job: job, destination: destination, configuration: configuration)
        let job = try configuration.findJob(job)
        let specification = try configuration.findDestination(destination, of: job)
        if configuration.runtime.isStateless { return try open(access, catalog: nil) }
        let state = StateFolder(configuration.runtime.stateDirectory, environment: environment)
        let catalog = state.catalog(
            job: job.name, destination: specification.name, url: specification.url(forJob: job.name))
        // Held only while the catalog may be written to; reading it does not disturb a backup.
        let lock = lock(catalog, in: state)
        defer { withExtendedLifetime(lock) {} }
        return try open(access, catalog: lock == nil ? nil : catalog)
    }

    /// The store of a job for one look at it: a local catalog is used where there is one, and begun nowhere.
    /// - Parameters:
    ///   - job: the job's name.
    ///   - destination: the destination's name.
    ///   - configuration: what defines both.
    /// - Returns: the open store; nil where nothing was ever stored.
    /// - Throws: `Failure`, with `ExitCode.usage` for an unknown name.
    public func look(
        job: String, destination: String, configuration: Configuration
    ) throws(Failure) -> StoreSession? {
        let access = try access(job: job, destination: destination, configuration: configuration)
        let specification = try configuration.findDestination(destination, of: configuration.findJob(job))
        let state = StateFolder(configuration.runtime.stateDirectory, environment: environment)
        let catalog = state.catalog(job: job, destination: destination, url: specification.url(forJob: job))
        let isThere = !configuration.runtime.isStateless && Glibc.access(catalog, F_OK) == 0
        let lock = isThere ? lock(catalog, in: state) : nil
        defer { withExtendedLifetime(lock) {} }
        do {
            return try StoreSession.open(
                destination: access.destination, passphrase: access.passphrase, prefix: access.prefix,
                catalogPath: lock == nil ? nil : catalog, problems: problems, progress: progress,
                cancellation: interruption.cancellation)
        } catch .emptyStore {
            return nil
        } catch {
            throw Failure(error, stoppedBy: interruption.signal)
        }
    }

    /// A store that no configuration speaks of; its catalog is built from the destination, for this time only.
    public func open(url: String, passphraseFile: String?) throws(Failure) -> StoreSession {
        try open(try access(url: url, passphraseFile: passphraseFile), catalog: nil)
    }

    /// What is needed to use the store of a job, without opening it.
    /// - Parameters:
    ///   - job: the job's name.
    ///   - destination: the destination's name; the job's first unless told.
    ///   - configuration: what defines both.
    /// - Returns: destination and passphrase.
    /// - Throws: `Failure`, with `ExitCode.usage` for an unknown name.
    public func access(
        job: String, destination: String?, configuration: Configuration
    ) throws(Failure) -> StoreAccess {
        let job = try configuration.findJob(job)
        let specification = try configuration.findDestination(destination, of: job)
        let secrets = SecretStore(of: configuration, environment: environment, mask: mask)
        return try StoreAccess(
            job: job, at: specification, secrets: secrets, logger: logger, interruption: interruption,
            progress: progress)
    }

    /// What is needed to use a store that no configuration speaks of, without opening it.
    public func access(
        url: String, options: [String: String] = [:], passphraseFile: String?
    ) throws(Failure) -> StoreAccess {
        try StoreAccess(
            url: url, options: options, passphraseFile: passphraseFile, environment: environment, mask: mask,
            logger: logger, interruption: interruption, progress: progress)
    }

    private func open(_ access: StoreAccess, catalog: String?) throws(Failure) -> StoreSession {
        do {
            return try StoreSession.open(
                destination: access.destination, passphrase: access.passphrase, prefix: access.prefix,
                catalogPath: catalog, problems: problems, progress: progress,
                cancellation: interruption.cancellation)
        } catch {
            throw Failure(error, stoppedBy: interruption.signal)
        }
    }

    /// The right to write to the local catalog; without it one is built from the destination, which only takes longer.
    private func lock(_ catalog: String, in state: StateFolder) -> CatalogLock? {
        do {
            try state.prepare()
            return try CatalogLock(state.lock(ofCatalog: catalog), subject: "The local catalog")
        } catch {
            let failure = Failure(error)
            let reason: Logger.Message =
                failure.code == .busy ? "the local catalog is in use" : "the local catalog cannot be used"
            logger.notice(
                "\(reason); reading everything from the destination",
                metadata: failure.code == .busy ? [:] : ["error": "\(failure.message)"])
            return nil
        }
    }
}
