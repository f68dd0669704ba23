public import Configuration
public import Engine
public import Logging
public import Secrets
internal import Support

/// Opens stores for those commands that change them: with the catalog's lock and a lease at the destination.
public struct StoreWriting: Sendable {
    private let activity: String
    private let logger: Logger
    private let mask: SecretMask
    private let environment: [String: String]
    private let interruption: Interruption
    private let progress: RunProgress
    private let problems: ProblemLog
    private let toleratesLostVersions: Bool

    /// What every opened store shares.
    /// - Parameters:
    ///   - activity: the command, which others are told while it holds the store: `compact`.
    ///   - logger: is told what the user should know.
    ///   - mask: learns the secrets.
    ///   - environment: the variables of the process.
    ///   - interruption: ends everything early.
    ///   - progress: is counted into.
    ///   - problems: gets damaged and missing objects.
    ///   - toleratesLostVersions: opens stores also when all versions of a known one are gone, as a repair has to.
    public init(
        activity: String, logger: Logger, mask: SecretMask, environment: [String: String],
        interruption: Interruption, progress: RunProgress, problems: ProblemLog, toleratesLostVersions: Bool = false
    ) {
        self.activity = activity
        self.logger = logger
        self.mask = mask
        self.environment = environment
        self.interruption = interruption
        self.progress = progress
        self.problems = problems
        self.toleratesLostVersions = toleratesLostVersions
    }

    /// The store of a job, with its local catalog.
    /// - Parameters:
    ///   - job: the job's name.
    ///   - destination: the destination's name; the job's first unless told.
    ///   - configuration: what defines both.
    /// - Returns: the open store.
    /// - Throws: `Failure`, with `ExitCode.usage` for an unknown name and `.temporary` when another run is at work.
    public func open(
        job: String, destination: String?, configuration: Configuration
    ) throws(Failure) -> HeldStore {
        let job = try configuration.findJob(job)
        let specification = try configuration.findDestination(destination, of: job)
        let secrets = SecretStore(of: configuration, environment: environment, mask: mask)
        let access = try StoreAccess(
            job: job, at: specification, secrets: secrets, logger: logger, interruption: interruption,
            progress: progress)
        if configuration.runtime.isStateless {
            let lease = LeaseRequest(instance: configuration.instance, activity: "\(activity) \(job.name)")
            return HeldStore(
                try open(access, catalog: nil, lease), lock: nil, isStateless: true, logger: logger)
        }
        let state = StateFolder(configuration.runtime.stateDirectory, environment: environment)
        do {
            try state.prepare()
        } catch {
            throw Failure(error)
        }
        let catalog = state.catalog(
            job: job.name, destination: specification.name, url: specification.url(forJob: job.name))
        let lock = try CatalogLock(
            state.lock(ofCatalog: catalog), subject: "The store of job “\(job.name)” at “\(specification.name)”")
        let lease = LeaseRequest(
            instance: configuration.instance, activity: "\(activity) \(job.name)",
            memory: state.leaseMemory(ofCatalog: catalog))
        return HeldStore(try open(access, catalog: catalog, lease), lock: lock, logger: logger)
    }

    /// A store that no configuration speaks of; its catalog is built from the destination, for this time only.
    public func open(url: String, passphraseFile: String?) throws(Failure) -> HeldStore {
        let access = try StoreAccess(
            url: url, passphraseFile: passphraseFile, environment: environment, mask: mask,
            logger: logger, interruption: interruption, progress: progress)
        return HeldStore(try open(access, catalog: nil, LeaseRequest(activity: activity)), lock: nil, logger: logger)
    }

    private func open(
        _ access: StoreAccess, catalog: String?, _ lease: LeaseRequest
    ) throws(Failure) -> StoreSession {
        do {
            return try StoreSession.open(
                destination: access.destination, passphrase: access.passphrase, prefix: access.prefix,
                catalogPath: catalog, lease: lease, problems: problems, progress: progress,
                cancellation: interruption.cancellation, toleratesLostVersions: toleratesLostVersions)
        } catch {
            throw Failure(error, stoppedBy: interruption.signal)
        }
    }
}
