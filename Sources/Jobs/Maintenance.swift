internal import Catalog
internal import Configuration
internal import Engine
internal import Logging
internal import Support

/// What is done for a store after a complete backup: old versions go, then waste goes, then volumes are read back.
///
/// The catalog alone tells whether there is anything to do, so a run after which nothing is due costs no call to the
/// destination. A step that fails ends the maintenance, and the run's result says so; the backup is made all the same.
struct Maintenance {
    private let job: JobSpecification
    private let summary: BackupSummary
    private let store: Store
    private let catalog: String
    private let problems: ProblemLog
    private let context: RunContext
    private let logger: Logger

    init(
        _ job: JobSpecification, after summary: BackupSummary, store: Store, catalog: String, problems: ProblemLog,
        context: RunContext, logger: Logger
    ) {
        self.job = job
        self.summary = summary
        self.store = store
        self.catalog = catalog
        self.problems = problems
        self.context = context
        self.logger = logger
    }

    /// Takes the steps one after the other.
    /// - Returns: what they did; `nil` when the backup gives reason to leave the store as it is.
    func run() -> MaintenanceResult? {
        guard isSafe() else { return nil }
        var result = MaintenanceResult()
        var session: StoreSession?
        var step = "deleting old versions"
        do {
            if try isFrozen() {
                step = "checking stored volumes"
                try verify(&session, &result)
                return result
            }
            try applyRetention(&session, &result)
            if result.failure != nil { return result }
            step = "compacting the store"
            try compact(&session, &result)
            step = "checking stored volumes"
            try verify(&session, &result)
        } catch {
            let failure = Failure(error, stoppedBy: context.interruption.signal)
            result.failure = Failure(
                failure.code, failure.exitCode,
                "The backup was made, but \(step) did not come to its end: \(failure.message)")
        }
        return result
    }

    /// Whether a version is in quarantine, so that everything has to stay.
    private func isFrozen() throws -> Bool {
        guard let freeze = try StoreFreeze(of: job.name, in: context.ledger) else { return false }
        problems.add(Problem(.quarantine, job.name, freeze.message))
        return true
    }

    /// Whether the run gives no cause for caution.
    private func isSafe() -> Bool {
        guard !context.interruption.isRequested, ProblemDigest(problems).errors == 0 else { return false }
        guard problems.counts[.sourceMissing] == nil else {
            // A disk that is not mounted must not push out the versions that still have its files.
            if job.retention != nil { logger.notice("a source is missing; no version is deleted") }
            return false
        }
        return true
    }

    /// The store as it is now, opened by the first step that needs it.
    private func open(_ session: inout StoreSession?) throws -> StoreSession {
        if let session { return session }
        let opened = try StoreSession.open(
            destination: store.destination, passphrase: store.passphrase, prefix: store.prefix, catalogPath: catalog,
            temporaryFolder: store.temporaryFolder, problems: problems, progress: store.progress,
            cancellation: store.cancellation, retry: context.retryPolicy, now: context.now)
        store.shareLease(with: opened.store)
        session = opened
        return opened
    }

    // MARK: Compaction

    private func compact(_ session: inout StoreSession?, _ result: inout MaintenanceResult) throws {
        var options = CompactOptions(job)
        options.now = context.now
        let deleted = result.retention?.deleted.count ?? 0
        let reason = try CompactRun.reasonToWait(
            try session?.catalog ?? Catalog(path: catalog), options, versionsDeleted: deleted,
            objectsUploaded: summary.uploadedObjects)
        guard reason == nil else { return }
        let compacted = try CompactRun(try open(&session), options: options, problems: problems).run()
        result.compaction = compacted
        // What it listed before is no longer so.
        session = nil
        guard compacted.reason == .compacted else { return }
        logger.info(
            "store compacted",
            metadata: [
                "deleted_volumes": "\(compacted.volumesDeleted)", "rewritten_volumes": "\(compacted.volumesRewritten)",
                "freed_bytes": "\(compacted.bytesFreed)",
            ])
    }

    // MARK: Retention

    private func applyRetention(_ session: inout StoreSession?, _ result: inout MaintenanceResult) throws {
        guard let specification = job.retention else { return }
        let policy = RetentionPolicy(specification)
        let now = context.now()
        let known = try Retention.versions(in: Catalog(path: catalog))
        guard !Retention.decide(known, policy: policy, now: now).deleted.isEmpty else { return }
        let opened = try open(&session)
        let run = RetentionRun(opened, policy: policy, problems: problems, now: now)
        let decision = try run.decide()
        var retention = RetentionResult()
        retention.remaining = decision.verdicts.count
        retention.held = decision.held.map(\.time)
        retention.locked = decision.locked.map(\.time)
        let due = decision.deleted
        let jump = ClockJump(in: decision, now: now)
        guard jump == nil, due.count <= policy.deletionLimit(ofVersions: decision.verdicts.count) else {
            retention.refused = due.count
            result.retention = retention
            result.failure =
                jump.map { Failure($0, decision, job: job.name) } ?? Failure(decision, policy, job: job.name)
            return
        }
        let summary = try run.carryOut(decision)
        retention.deleted = summary.deleted
        retention.freedBytes = summary.freedBytes
        retention.remaining = summary.remaining
        result.retention = retention
        if let listing = summary.listing { session = opened.relisted(listing) }
        if !summary.deleted.isEmpty {
            logger.info("old versions deleted", metadata: ["versions": "\(summary.deleted.count)"])
        }
    }

    // MARK: Verification

    private func verify(_ session: inout StoreSession?, _ result: inout MaintenanceResult) throws {
        let hasChanged =
            summary.uploadedObjects > 0 || !(result.retention?.deleted.isEmpty ?? true)
            || result.compaction?.reason == .compacted
        guard let check = JobVerification(job.verification, hasChanged: hasChanged) else { return }
        let isListedNow = session == nil
        let summary = try check.run(try open(&session), problems: problems, listsAnew: !isListedNow)
        result.verification = summary
        if summary.isIntact {
            logger.info("read back", metadata: ["objects": "\(summary.objects)", "blocks": "\(summary.blocks)"])
        } else {
            result.failure = result.failure ?? Failure(summary, job: job.name)
        }
    }
}

extension Failure {
    /// What a check after the backup found.
    fileprivate init(_ summary: VerifySummary, job: String) {
        let objects = summary.faultyObjects
        self.init(
            .store, .failure,
            "The backup was made, but \(Count(objects, "object").with("is", "are")) missing or damaged at the "
                + "destination, found by reading \(summary.objects) back. Run `dunnage verify \(job)` to learn which "
                + "files are concerned.")
    }

    /// Why a run deleted nothing: the clock may be wrong.
    fileprivate init(_ jump: ClockJump, _ decision: RetentionDecision, job: String) {
        let due = decision.deleted.count
        self.init(
            .refused, .refused,
            "The backup was made, but retention would delete \(due) of \(decision.verdicts.count) versions, "
                + "\(jump.count) of them for their age, and from \(jump.before) to \(jump.after) there is none: "
                + "a clock that jumped looks like that. None was deleted. If the clock is right, "
                + "`dunnage retention apply \(job) --confirm \(due)` deletes them.")
    }

    /// Why a run deleted nothing: more versions were due than one run may delete.
    fileprivate init(_ decision: RetentionDecision, _ policy: RetentionPolicy, job: String) {
        let due = decision.deleted
        let span =
            due.count > 1
            ? "from \(due.last?.time.iso8601 ?? "") to \(due.first?.time.iso8601 ?? "")"
            : "of \(due.first?.time.iso8601 ?? "")"
        self.init(
            .refused, .refused,
            "The backup was made, but retention would delete \(due.count) of \(decision.verdicts.count) versions "
                + "(\(span)), and one run may delete \(policy.deletionLimit(ofVersions: decision.verdicts.count)) "
                + "(max_delete). None was deleted. `dunnage retention show \(job)` lists them; "
                + "`dunnage retention apply \(job) --confirm \(due.count)` deletes them.")
    }
}
