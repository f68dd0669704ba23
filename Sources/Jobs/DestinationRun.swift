internal import Catalog
internal import Configuration
internal import Destinations
internal import Engine
internal import Logging
internal import Reporting
internal import Secrets
internal import Support

/// The part of a job's run that goes to one destination.
struct DestinationRun {
    private let job: JobSpecification
    private let name: String
    private let context: RunContext
    private let part: DestinationFan.Part
    private let guards: RunGuards
    private let logger: Logger

    init(
        _ job: JobSpecification, destination name: String, _ part: DestinationFan.Part, guards: RunGuards,
        logger: Logger
    ) {
        self.job = job.at(name)
        self.name = name
        self.part = part
        self.guards = guards
        context = part.context
        self.logger = logger
    }

    /// What is known so far, whatever happens next.
    private struct Findings {
        var label: String?
        var summary: BackupSummary?
        var maintenance: MaintenanceResult?
        var lease: RunReport.Destination.Lease?
        /// What it cost to leave the catalog at the destination.
        var keptCatalog: CatalogSnapshot.Cost?
        /// What is not as expected in a version that was made all the same.
        var violations: [Violation] = []
        let progress: RunProgress
    }

    /// Runs to the end.
    /// - Parameter sourcesAreRead: is called when the sources are not needed any more, and before anything else is done.
    /// - Returns: what came of it.
    func run(sourcesAreRead: () -> Void) -> DestinationResult {
        let clock = ContinuousClock.now
        let problems = ProblemLog(observer: ProblemLogging(logger).observer)
        var findings = Findings(progress: part.progress)
        var outcome = Outcome.success
        do {
            try backUp(&findings, problems, sourcesAreRead)
        } catch {
            findings.lease = RunReport.Destination.Lease(metBy: error)
            outcome = .failure(Failure(error, stoppedBy: context.interruption.signal))
        }
        if outcome == .success, let summary = findings.summary, summary.isPartial {
            outcome = .failure(Failure(stoppedWith: summary, context.interruption.signal))
        }
        if outcome == .success, let failure = Failure(quarantined: findings.violations, job: job.name) {
            outcome = .failure(failure)
        }
        let digest = ProblemDigest(problems)
        if outcome == .success, let failure = findings.maintenance?.failure {
            outcome = .failure(failure)
        } else if outcome == .success, digest.errors > 0 {
            // The run came to its end, but nobody should rely on all of the store.
            outcome = .failure(
                Failure(
                    .store, .failure,
                    "\(Count(digest.errors, "error")) in the store at \(findings.label ?? name): "
                        + "something is damaged or missing. The run went on, and stored again what the sources still "
                        + "have of it. Run `dunnage verify` to learn which files are lost for good."))
        } else if outcome == .success, !digest.groups.isEmpty {
            outcome = .warning
        }
        return DestinationResult(
            name: name, label: findings.label, summary: findings.summary, maintenance: findings.maintenance,
            lease: findings.lease, keptCatalog: findings.keptCatalog, violations: findings.violations,
            outcome: outcome, problems: digest,
            retries: findings.progress.retries, duration: ContinuousClock.now - clock)
    }

    private func backUp(_ findings: inout Findings, _ problems: ProblemLog, _ sourcesAreRead: () -> Void) throws {
        guard let specification = context.configuration.destinations[name] else {
            throw Failure(.configuration, .configuration, "The destination “\(name)” is not defined.")
        }
        let access = try StoreAccess(
            job: job, at: specification, secrets: context.secrets, logger: logger, bandwidth: context.bandwidth,
            interruption: context.interruption, progress: findings.progress)
        findings.label = access.destination.label
        let filter = try job.filterSet()
        for warning in filter.warnings { logger.warning("doubtful filter", metadata: ["detail": "\(warning)"]) }
        let temporary = try TemporaryFolder()
        let state = context.isStateless ? StateFolder("\(temporary.path)/state", environment: [:]) : context.state
        try state.prepare()
        let catalog = state.catalog(
            job: job.name, destination: name, url: specification.url(forJob: job.name))
        let lock = try CatalogLock(
            state.lock(ofCatalog: catalog), subject: "The store of job “\(job.name)” at “\(name)”")
        context.watch(findings.progress)
        defer { context.watch(nil) }
        let store = Store(
            destination: access.destination, passphrase: access.passphrase, prefix: access.prefix,
            temporaryFolder: temporary.path, progress: findings.progress,
            cancellation: context.interruption.cancellation,
            retry: context.retryPolicy, now: context.now)
        var ownPaths = [state.path, temporary.path]
        if let folder = access.destination as? FileDestination { ownPaths.append(folder.folder) }
        var request = try job.request(
            filter: filter, ownPaths: ownPaths, options: options(at: access.destination), secrets: context.secrets,
            logger: logger)
        request.expectations = job.sourceExpectations
        let lease = LeaseRequest(
            instance: context.configuration.instance, activity: "run \(job.name)",
            memory: state.leaseMemory(ofCatalog: catalog))
        let run = BackupRun(
            store: store, catalogPath: catalog, request: request, lease: lease, seat: part.seat, problems: problems)
        defer {
            store.releaseLease()
            withExtendedLifetime((lock, temporary)) {}
        }
        let summary = try run.run()
        findings.summary = summary
        sourcesAreRead()
        findings.violations = try guards.judge(summary, destination: name, job, problems)
        if let version = summary.recoveredVersion {
            logger.notice(
                "partial version made of what an interrupted run had stored", metadata: ["version": "\(version)"])
        }
        if summary.tooLarge > 0 {
            logger.info("files left out by exclude_larger_than", metadata: ["files": "\(summary.tooLarge)"])
        }
        tellCost(of: summary)
        if summary.leftoversWereAdopted { logger.notice("objects of an interrupted run taken over") }
        findings.maintenance = Maintenance(
            job, after: summary, store: store, catalog: catalog, problems: problems, context: context, logger: logger
        ).run()
        tellRoom(
            stored: summary.storedBytes - (findings.maintenance?.retention?.freedBytes ?? 0), of: specification,
            problems)
        if context.isStateless, !context.interruption.isRequested {
            findings.keptCatalog = keepSnapshot(of: catalog, at: store)
        }
    }

    /// Warns before there is no room any more.
    private func tellRoom(stored: Int64, of specification: DestinationSpecification, _ problems: ProblemLog) {
        guard let quota = specification.quota, stored > quota.bytes - quota.bytes / 10 else { return }
        problems.add(
            Problem(
                .littleRoom, specification.name,
                "the store takes \(ByteCount(stored)) of its quota of \(quota)"))
    }

    // MARK: The catalog's cost

    private func tellCost(of summary: BackupSummary) {
        let seconds = "\(summary.catalogDuration.roundedSeconds)"
        if let snapshot = summary.catalogSnapshot, !summary.catalogWasRebuilt {
            logger.notice(
                "catalog fetched from the destination",
                metadata: ["bytes": "\(snapshot.bytes)", "duration_seconds": "\(seconds)"])
        } else if summary.catalogWasRebuilt {
            logger.notice("catalog rebuilt from the destination", metadata: ["duration_seconds": "\(seconds)"])
        }
    }

    /// Leaves the catalog at the destination for the next run; one that cannot be left only costs that run time.
    private func keepSnapshot(of path: String, at store: Store) -> CatalogSnapshot.Cost? {
        do {
            guard let cost = try CatalogSnapshot.keep(Catalog(path: path), at: store) else { return nil }
            logger.info(
                "catalog kept at the destination",
                metadata: ["bytes": "\(cost.bytes)", "duration_seconds": "\(cost.duration.roundedSeconds)"])
            return cost
        } catch {
            logger.warning("catalog not kept at the destination", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func options(at destination: any Destination) -> BackupOptions {
        var options = BackupOptions()
        // A server far away answers each call late: more of them at once fill the line.
        if !(destination is any LocallyReadable) { options.concurrentUploads = 4 }
        options.blockSize = job.options.blockSize.map { Int($0.bytes) }
        options.quota = context.configuration.destinations[name]?.quota?.bytes
        let here = context.configuration.destinations[name]?.volumeSize
        let limits = [context.configuration.destinations[name]?.limits, job.uses[name]?.limits]
        if let parallel = limits.compactMap({ $0?.parallelUploads }).last { options.concurrentUploads = parallel }
        if let size = here ?? job.options.volumeSize { options.volumeSize = size.bytes }
        if let compression = job.options.compression { options.compressionLevel = compression.level }
        return options
    }
}
