internal import Catalog
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// What comes before a backup reads its sources: the destination is looked at, and the catalog brought in step with it.
struct BackupPreparation {
    let store: Store
    let catalogPath: String
    let request: BackupRequest
    let lease: LeaseRequest?
    let problems: ProblemLog
    /// Whether others may be fed by the same reading.
    let isShared: Bool

    /// What a backup needs to go on.
    struct Outcome {
        let context: BackupContext
        let unfinished: UnfinishedRun
        /// What is known by now.
        let summary: BackupSummary
        /// Data volumes that nothing describes.
        let orphans: [ObjectName]
        /// What a new store is to be written with; `nil` when it has something.
        let newPlan: StorePlan?
    }

    func run() throws -> Outcome {
        let started = store.now()
        store.progress.phase = .preparing
        try SourceCheck(request: request).run()
        try prepareDestination()
        if let lease {
            store.hold(
                try Lease.acquire(
                    at: store.destination, prefix: store.prefix, passphrase: store.passphrase, lease,
                    retry: store.retry, cancellation: store.cancellation))
        }
        let listed = try store.list()
        let begun = ContinuousClock.now
        let snapshot = try CatalogSnapshot.fetch(to: catalogPath, from: store, listing: listed, problems: problems)
        let (catalog, outcome) = try CatalogSync.bringUpToDate(
            path: catalogPath, store: store, listing: listed, problems: problems)
        // Without what does not belong, such as unencrypted objects in an encrypted store.
        var listing = outcome.listing
        try SupersededList.finish(catalog, store, listing)
        try checkClock(listing)
        // A store that has nothing yet has no settings either, whatever a first attempt may have kept.
        let existing = outcome.action == .created ? nil : try catalog.read { try StoreProperties(from: $0) }
        let plan = try StorePlan(request.options, existing: existing, listing: listing, store: store)
        let memory = try divideMemory(plan.settings)
        var summary = BackupSummary()
        summary.catalogSnapshot = snapshot
        summary.catalogDuration = ContinuousClock.now - begun
        summary.catalogWasRebuilt = outcome.action == .rebuilt
        summary.leftoversWereAdopted = outcome.action == .adopted
        if let recovered = try InterruptedVersion.publish(
            from: catalog, store: store, settings: plan.settings, encryption: plan.encryption, prefix: plan.prefix,
            listing: listing)
        {
            summary.recoveredVersion = recovered.time
            listing = recovered.listing
        }
        let first = try catalog.read { try $0.nextIdentifiers() }
        let context = BackupContext(
            store: store, catalog: catalog, request: request, plan: plan, started: started, first: first,
            listing: listing, problems: problems, isShared: isShared, memory: memory)
        return Outcome(
            context: context, unfinished: UnfinishedRun(first: first, started: started), summary: summary,
            orphans: outcome.orphans, newPlan: existing == nil ? plan : nil)
    }

    /// Divides the memory that the run may take, now that it is known how large blocks are.
    /// - Throws: `.refused` when it is too little for them.
    private func divideMemory(_ settings: StoreSettings) throws(EngineError) -> RunMemory? {
        guard let limit = store.limits.memory else { return nil }
        let demand = RunMemory.Demand(
            blockSize: Int64(settings.blockSize), volumeSize: request.options.volumeSize,
            packsBest: request.options.compressionLevel > 9, stores: store.limits.stores)
        guard let memory = RunMemory(limit, for: demand, processors: Processors.count) else {
            let least = demand.leastWritten
            throw .refused(
                "The job may take \(ByteCount(limit)) of memory, and needs \(least): the backup at "
                    + "\(store.destination.label) has blocks of \(ByteCount(Int64(settings.blockSize))) in volumes of "
                    + "\(ByteCount(request.options.volumeSize)). Write `limits: { memory: \(least) }`, or a smaller "
                    + "`volume_size`. Nothing was changed.")
        }
        return memory
    }

    /// Makes the destination's folder for a first run; later a folder that is gone means that something is not mounted.
    private func prepareDestination() throws {
        let isFirstRun = access(catalogPath, F_OK) != 0
        do throws(DestinationError) {
            try store.destination.prepare(create: isFirstRun)
        } catch {
            throw EngineError.destination(error)
        }
    }

    /// Versions are named by the time they were made; a clock that is behind would put new ones before old ones.
    private func checkClock(_ listing: StoreListing) throws {
        guard let newest = listing.dlists.first?.name.time else { return }
        guard newest.seconds - store.now().seconds <= Self.toleratedClockSkew else {
            throw EngineError.clockBehind(newest: newest, destination: store.destination.label)
        }
    }

    /// Seconds that the newest version may be ahead of the clock.
    private static let toleratedClockSkew: Int64 = 5
}

extension BackupPreparation.Outcome {
    /// Keeps in the catalog, in one transaction, what the run begins with.
    func begin() throws {
        try context.catalog.write { writer in
            if let newPlan { try newPlan.record(in: writer, passphrase: context.store.passphrase) }
            try OrphanDescriber(context: context).run(orphans, writer)
            try unfinished.keep(writer)
        }
    }
}
