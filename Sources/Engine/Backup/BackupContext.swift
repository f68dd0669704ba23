internal import Catalog
internal import Destinations
internal import StoreFormat
internal import Support

/// What all stages of one backup share: its store, what is known of it, and the queues of its own.
///
/// Nothing in it changes but counters and queues.
final class BackupContext: Sendable {
    let store: Store
    let catalog: Catalog
    let request: BackupRequest
    let settings: StoreSettings
    let encryption: Encryption
    let prefix: String
    /// When the run began.
    let started: Timestamp
    /// The first numbers that new rows of the catalog get.
    let first: CatalogIdentifiers
    /// What the destination had before.
    let listing: StoreListing
    let counters: BackupCounters
    let problems: ProblemLog
    /// The stages that work for this backup alone; when it has failed, the backup is out.
    let pipeline = Pipeline()
    /// How the run divides its memory; nil when it is not limited.
    let memory: RunMemory?
    let queues: BackupQueues
    /// Gets the reading that feeds the backup, when its turn has come.
    let turn = BoundedQueue<CaptureReading>(capacity: 1)

    /// `isShared` says whether others may be fed by the same reading.
    init(
        store: Store, catalog: Catalog, request: BackupRequest, plan: StorePlan, started: Timestamp,
        first: CatalogIdentifiers, listing: StoreListing, problems: ProblemLog, isShared: Bool, memory: RunMemory?
    ) {
        self.store = store
        self.catalog = catalog
        self.request = request
        settings = plan.settings
        encryption = plan.encryption
        prefix = plan.prefix
        self.started = started
        self.first = first
        self.listing = listing
        self.problems = problems
        self.memory = memory
        counters = BackupCounters(nextContent: first.content, nextVolume: first.volume)
        queues = BackupQueues(
            pipeline, settings: plan.settings, sharedWithVolumes: isShared ? request.options.volumeSize : nil,
            memory: memory)
    }

    var volumeSize: Int64 { request.options.volumeSize }
    var temporaryFolder: String { store.temporaryFolder }
    var progress: RunProgress { store.progress }

    /// Whether the backup is still to get what is read.
    var isAttached: Bool { !pipeline.hasFailed }

    /// Starts an object of this store.
    func newVolume(_ name: ObjectName) throws -> VolumeWriter {
        try VolumeWriter(
            name: name, settings: settings, passphrase: store.passphrase, folder: temporaryFolder, created: started)
    }

    /// Sends an object; it is at the destination, whole, when this returns.
    func upload(_ volume: SealedVolume) throws {
        try store.cancellation.check()
        try checkQuota(volume)
        try store.upload(volume)
        counters.countUpload(volume.name.text, size: volume.size)
    }

    /// Refuses data that the store's quota leaves no room for; the few bytes of indexes and lists go in any case, so that
    /// what is there already is of use.
    private func checkQuota(_ volume: SealedVolume) throws(EngineError) {
        guard let quota = request.options.quota else { return }
        let bytes = listing.totalSize + counters.admit(volume.size)
        guard volume.name.kind == .dblock, bytes > quota else { return }
        throw .destination(
            DestinationError(
                .quota, .put, object: volume.name.text, at: store.destination.label,
                detail: "with it the store would take \(ByteCount(bytes)), and its quota is \(ByteCount(quota))",
                advice: "Raise `quota`, or make room: keep fewer versions, then `dunnage retention apply` and "
                    + "`dunnage compact`. Nothing that was stored before is lost."))
    }

    /// Names and counts an entry that is not in the version, or not as it should be.
    func note(_ problem: Problem) {
        problems.add(problem)
        counters.unreadable.add()
    }
}
