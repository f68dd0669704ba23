internal import Configuration
internal import Engine
internal import Logging
internal import Support

/// Opens the store of a job at one of its destinations for a run that makes no version there.
struct StoreOpening {
    let job: JobSpecification
    let destination: String
    let context: RunContext
    let progress: RunProgress
    let problems: ProblemLog
    let logger: Logger

    /// Opens the store, with the lock of its catalog, so that no backup of another process works on it meanwhile.
    /// - Parameter activity: what is done there, when the catalog's copy at the destination is to be renewed afterwards:
    ///   without a state folder that needs a lease.
    /// - Returns: the open store.
    /// - Throws: `Failure`, with `ExitCode.temporary` when another run is at work there; `EngineError`.
    func open(changingCatalogFor activity: String? = nil) throws -> HeldStore {
        guard let specification = context.configuration.destinations[destination] else {
            throw Failure(.configuration, .configuration, "The destination “\(destination)” is not defined.")
        }
        let access = try StoreAccess(
            job: job, at: specification, secrets: context.secrets, logger: logger, bandwidth: context.bandwidth,
            interruption: context.interruption, progress: progress)
        if context.isStateless {
            let lease = activity.map {
                LeaseRequest(instance: context.configuration.instance, activity: "\($0) \(job.name)")
            }
            return HeldStore(
                try session(access, catalog: nil, lease), lock: nil, isStateless: lease != nil, logger: logger)
        }
        try context.state.prepare()
        let catalog = context.state.catalog(
            job: job.name, destination: destination, url: specification.url(forJob: job.name))
        let lock = try CatalogLock(
            context.state.lock(ofCatalog: catalog), subject: "The store of job “\(job.name)” at “\(destination)”")
        return HeldStore(try session(access, catalog: catalog, nil), lock: lock, logger: logger)
    }

    private func session(
        _ access: StoreAccess, catalog: String?, _ lease: LeaseRequest?
    ) throws(EngineError) -> StoreSession {
        try StoreSession.open(
            destination: access.destination, passphrase: access.passphrase, prefix: access.prefix,
            catalogPath: catalog, lease: lease, problems: problems, progress: progress,
            cancellation: context.interruption.cancellation, retry: context.retryPolicy, now: context.now)
    }
}
