internal import Configuration
internal import Destinations
internal import Engine
internal import Glibc
internal import Logging
internal import Secrets
internal import Support

/// The part of a job's run that goes to one destination.
struct DestinationRun {
    private let job: JobSpecification
    private let name: String
    private let context: RunContext
    private let logger: Logger

    init(_ job: JobSpecification, destination name: String, context: RunContext, logger: Logger) {
        self.job = job
        self.name = name
        self.context = context
        self.logger = logger
    }

    /// What is known so far, whatever happens next.
    private struct Findings {
        var label: String?
        var summary: BackupSummary?
    }

    func run() -> DestinationResult {
        let clock = ContinuousClock.now
        let problems = ProblemLog(observer: ProblemLogging(logger).observer)
        var findings = Findings()
        var outcome = Outcome.success
        do {
            try backUp(&findings, problems)
        } catch {
            outcome = .failure(Failure(error, stoppedBy: context.interruption.signal))
        }
        let digest = ProblemDigest(problems)
        if outcome == .success, !digest.groups.isEmpty { outcome = .warning }
        return DestinationResult(
            name: name, label: findings.label, summary: findings.summary, outcome: outcome, problems: digest,
            duration: ContinuousClock.now - clock)
    }

    private func backUp(_ findings: inout Findings, _ problems: ProblemLog) throws {
        guard let specification = context.configuration.destinations[name] else {
            throw Failure(.configuration, .configuration, "The destination “\(name)” is not defined.")
        }
        let access = try StoreAccess(job: job, at: specification, secrets: context.secrets, logger: logger)
        findings.label = access.destination.label
        let filter = try filter()
        for warning in filter.warnings { logger.warning("doubtful filter", metadata: ["detail": "\(warning)"]) }
        try context.state.prepare()
        let catalog = context.state.catalog(
            job: job.name, destination: name, url: specification.url(forJob: job.name))
        let lock = try CatalogLock(
            context.state.lock(ofCatalog: catalog), subject: "The store of job “\(job.name)” at “\(name)”")
        let temporary = try TemporaryFolder()
        let progress = RunProgress()
        context.watch(progress)
        defer { context.watch(nil) }
        // A folder that was there at the last run and is gone is a disk that is not mounted, not a new backup.
        try access.destination.prepare(create: hasNoHistory(catalog))
        let store = Store(
            destination: access.destination, passphrase: access.passphrase, prefix: access.prefix,
            temporaryFolder: temporary.path, progress: progress, cancellation: context.interruption.cancellation,
            retry: context.retryPolicy)
        var ownPaths = [context.state.path, temporary.path]
        if let folder = access.destination as? FileDestination { ownPaths.append(folder.folder) }
        let request = BackupRequest(
            sources: job.sources, filter: filter, ownPaths: ownPaths,
            options: options)
        findings.summary = try withExtendedLifetime((lock, temporary)) {
            try BackupRun(
                store: store, catalogPath: catalog, request: request, problems: problems
            ).run()
        }
    }

    private func hasNoHistory(_ catalog: String) -> Bool { Glibc.access(catalog, F_OK) != 0 }

    private func filter() throws -> FilterSet {
        FilterSet(
            try job.filters.map { rule in
                Engine.FilterRule(
                    rule.action == .include ? .include : .exclude, try FilterExpression(rule.expression))
            })
    }

    private var options: BackupOptions {
        var options = BackupOptions()
        options.blockSize = job.options.blockSize.map { Int($0.bytes) }
        if let size = job.options.volumeSize { options.volumeSize = size.bytes }
        if let compression = job.options.compression { options.compressionLevel = compression.level }
        return options
    }
}
