public import Catalog
internal import Destinations
internal import StoreFormat
internal import Support

/// Gives back the room of data that no version needs.
///
/// Data volumes that hold nothing needed are deleted. When the thresholds demand it, volumes with much waste and small
/// ones are rewritten: what is needed of them goes into new volumes, packed as it is, after its hash was checked. No
/// filelist is touched.
///
/// A run that dies at any instant leaves a whole store; what it had sent is taken in by the next one, which goes on from
/// there.
public struct CompactRun {
    let session: StoreSession
    let options: CompactOptions
    let problems: ProblemLog

    /// Why a compaction is due, whatever the run before it did.
    enum Due: String {
        /// Versions were deleted since the last one.
        case waste
        /// One began to rewrite volumes, and did not come to its end.
        case begun
    }

    /// The catalog's property with one of these.
    static let dueProperty = "compaction_due"
    /// The catalog's property with the time of the last compaction, in Unix seconds.
    static let timeProperty = "last_compaction"

    /// A run, not yet begun; the caller has the right to change the store and the session's catalog.
    public init(_ session: StoreSession, options: CompactOptions, problems: ProblemLog = ProblemLog()) {
        self.session = session
        self.options = options
        self.problems = problems
    }

    /// Compacts what the thresholds say; blocks the calling thread.
    ///
    /// - Returns: what was done.
    /// - Throws: `.cancelled` and whatever keeps the destination or the catalog from being used; what was replaced until
    ///   then stays replaced.
    public func run() throws(EngineError) -> CompactSummary {
        session.store.progress.phase = .compacting
        do {
            let deleted = try ReplacedObjects.delete(session)
            let planned = try planner.make()
            var summary: CompactSummary
            let new = planned.plan.reason == .compacted ? try NewVersions.first(in: session.store.list(), session) : nil
            if let new {
                summary = CompactSummary(.incompleteStore)
                summary.bytesBefore = session.listing.totalSize
                summary.bytesAfter = summary.bytesBefore
                problems.add(
                    Problem(
                        .remoteObject, new.text,
                        "was not listed when the store was opened; the store is compacted by a later run"))
            } else if planned.plan.reason == .compacted {
                try requireOneEncryption()
                summary = try CompactWork(session, options, planned, deleted: deleted, problems: problems).run()
                summary.bytesWasted = try session.catalog.read { try BlockUsage($0).wastedBytes }
            } else {
                summary = CompactSummary(planned.plan.reason)
                summary.bytesBefore = session.listing.totalSize
                summary.bytesAfter = summary.bytesBefore
                if summary.reason == .notNeeded { summary.bytesWasted = planned.plan.wastedBytes }
                summary.volumesLocked = planned.plan.volumes.count { $0.hindrance == .locked }
                summary.volumesArchived = planned.plan.volumes.count { $0.hindrance == .archived }
                try settle()
            }
            if let obstacle = planned.obstacle {
                problems.add(
                    Problem(
                        .remoteObject, session.store.destination.label,
                        "is not compacted: \(obstacle); all data stays until the store is repaired"))
            }
            summary.leftoversDeleted = deleted.count
            return summary
        } catch {
            throw EngineError(error, doing: "compact the store")
        }
    }

    /// Compacts after a backup, if that can make a difference.
    ///
    /// - Parameters:
    ///   - versionsDeleted: how many versions were deleted since the last compaction.
    ///   - objectsUploaded: how many objects the backup sent.
    /// - Returns: what was done, or why nothing was.
    /// - Throws: as ``run()``.
    public func runAfterBackup(versionsDeleted: Int, objectsUploaded: Int) throws(EngineError) -> CompactSummary {
        let reason = try Self.reasonToWait(
            session.catalog, options, versionsDeleted: versionsDeleted, objectsUploaded: objectsUploaded)
        guard let reason else { return try run() }
        var summary = CompactSummary(reason)
        summary.bytesBefore = session.listing.totalSize
        summary.bytesAfter = summary.bytesBefore
        return summary
    }

    /// Why a compaction after a backup would make no difference, or must not be; `nil` when it may.
    ///
    /// Asks only the catalog, and looks at no block. Without deleted versions there is only something to do when small
    /// volumes have piled up, or when an earlier compaction did not come to its end.
    /// - Parameters:
    ///   - catalog: the store's local catalog, in step with the destination; remembers that versions were deleted.
    ///   - options: when it is compacted.
    ///   - versionsDeleted: how many versions were deleted since the last compaction.
    ///   - objectsUploaded: how many objects the backup sent.
    /// - Returns: the reason.
    /// - Throws: `.catalog`.
    public static func reasonToWait(
        _ catalog: Catalog, _ options: CompactOptions, versionsDeleted: Int, objectsUploaded: Int
    ) throws(EngineError) -> CompactSummary.Reason? {
        do {
            let state = try catalog.read { reader in
                (
                    isDue: try reader.property(dueProperty) != nil,
                    last: try reader.property(timeProperty).flatMap { Int64($0) },
                    hasLeftovers: try !ReplacedObjects.names(in: reader).isEmpty
                )
            }
            let isDue = state.isDue || versionsDeleted > 0
            guard isDue || state.hasLeftovers || objectsUploaded > 0 else { return .nothingChanged }
            if isDue, !state.isDue { try catalog.write { try $0.setProperty(dueProperty, Due.waste.rawValue) } }
            if options.mode == .off { return .off }
            if state.hasLeftovers { return nil }
            if let last = state.last, case let age = options.now().seconds - last, age >= 0,
                age < options.minimumInterval
            {
                return .tooSoon
            }
            return try isDue || areSmallTooMany(catalog, options) ? nil : .nothingChanged
        } catch {
            throw EngineError(error, doing: "read the catalog")
        }
    }

    /// What ``run()`` would do; changes nothing.
    public func plan() throws(EngineError) -> CompactPlan {
        do {
            return try planner.make().plan
        } catch {
            throw EngineError(error, doing: "read the catalog")
        }
    }

    private var planner: CompactPlanner { CompactPlanner(session: session, options: options) }

    /// Remembers that there is no waste left that is worth anything.
    private func settle() throws {
        guard try session.catalog.read({ try $0.property(Self.dueProperty) }) != nil else { return }
        try session.catalog.write { try $0.removeProperty(Self.dueProperty) }
    }

    /// Whether the sizes of the data volumes alone may demand a compaction: without a look at any block.
    private static func areSmallTooMany(_ catalog: Catalog, _ options: CompactOptions) throws -> Bool {
        let volumes = try catalog.read { try $0.volumes() }.filter { $0.kind == .dblock }
        let thresholds = CompactThresholds(options, largest: volumes.map(\.size).max() ?? 0)
        let small = volumes.filter { $0.size <= thresholds.smallFileSize }
        return thresholds.areSmallTooMany(count: small.count, size: small.reduce(0) { $0 + max(0, $1.size) })
    }

    /// Blocks of encrypted volumes must not get into others.
    private func requireOneEncryption() throws(EngineError) {
        guard session.properties.encryption == .none else { return }
        guard session.store.passphrase == nil, session.listing.dblocks.allSatisfy({ $0.name.encryption == .none })
        else {
            throw .settingsDiffer(
                "The backup at \(session.store.destination.label) began without encryption, but some of its objects, "
                    + "or the job, are encrypted.")
        }
    }
}
