internal import Catalog
internal import Configuration
internal import Engine
internal import Logging
internal import Support

/// What is done for a store after a complete backup: old versions go, and some of what is stored is read back.
///
/// The catalog alone tells whether there is anything to do, so a run after which nothing is due costs no call to the
/// destination. A step that fails ends the maintenance, and the run's result says so; the backup is made all the same.
struct Maintenance {
    private let job: JobSpecification
    private let store: Store
    private let catalog: String
    private let problems: ProblemLog
    private let context: RunContext
    private let logger: Logger

    init(
        _ job: JobSpecification, store: Store, catalog: String, problems: ProblemLog, context: RunContext,
        logger: Logger
    ) {
        self.job = job
        self.store = store
        self.catalog = catalog
        self.problems = problems
        self.context = context
        self.logger = logger
    }

    /// Does what is due; `hasChanged` when the backup stored anything.
    func run(hasChanged: Bool) -> MaintenanceResult? {
        guard isSafe() else { return nil }
        var result = MaintenanceResult()
        var session: StoreSession?
        do {
            try applyRetention(&session, &result)
        } catch {
            let failure = Failure(error, stoppedBy: context.interruption.signal)
            result.failure = Failure(
                failure.code, failure.exitCode,
                "The backup was made, but deleting old versions did not come to its end: \(failure.message)")
            return result
        }
        let hasDeleted = result.retention.map { !$0.deleted.isEmpty } ?? false
        do {
            try verify(&session, &result, hasChanged: hasChanged || hasDeleted)
        } catch {
            let failure = Failure(error, stoppedBy: context.interruption.signal)
            result.failure = Failure(
                failure.code, failure.exitCode,
                "The backup was made, but reading some of it back did not come to its end: \(failure.message)")
        }
        return result
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
            cancellation: store.cancellation, retry: context.retryPolicy)
        session = opened
        return opened
    }

    // MARK: Verification

    private func verify(
        _ session: inout StoreSession?, _ result: inout MaintenanceResult, hasChanged: Bool
    ) throws {
        guard let verification = JobVerification(job.verification, hasChanged: hasChanged) else { return }
        let isListedNow = session == nil
        let opened = try open(&session)
        let summary = try verification.run(opened, problems: problems, listsAnew: !isListedNow)
        result.verification = summary
        if summary.isIntact {
            logger.info("read back", metadata: ["objects": "\(summary.objects)", "blocks": "\(summary.blocks)"])
        } else {
            result.failure = result.failure ?? Failure(summary, job: job.name)
        }
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
        retention.locked = decision.locked.map(\.time)
        let due = decision.deleted
        guard due.count <= policy.deletionLimit(ofVersions: decision.verdicts.count) else {
            retention.refused = due.count
            result.retention = retention
            result.failure = Failure(decision, policy, job: job.name)
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
}

extension Failure {
    /// What a check after the backup found.
    fileprivate init(_ summary: VerifySummary, job: String) {
        let objects = summary.faultyObjects
        self.init(
            .store, .failure,
            "The backup was made, but \(objects) object\(objects == 1 ? " is" : "s are") missing or damaged at the "
                + "destination, found by reading \(summary.objects) back. Run `dunnage verify \(job)` to learn which "
                + "files are concerned.")
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
