public import Engine
public import Reporting
internal import Support

/// What came of a job at one of its destinations.
public struct DestinationResult: Sendable {
    /// The destination's name in the configuration.
    public let name: String
    /// Where it is, without secrets; `nil` when the run did not get that far.
    public let label: String?
    /// What the run did, when it came to its end.
    public let summary: BackupSummary?
    /// What was done for the store afterwards; `nil` when nothing was.
    public let maintenance: MaintenanceResult?
    /// The lease of another run that was in the way; `nil` when there was none.
    public let lease: RunReport.Destination.Lease?
    /// What it cost to leave the catalog at the destination; `nil` when it was not.
    public let keptCatalog: CatalogSnapshot.Cost?
    /// What is not as expected in the version that was made; it is in quarantine then.
    public let violations: [Violation]
    /// How it ended.
    public let outcome: Outcome
    /// What went wrong with single entries and objects.
    public let problems: ProblemDigest
    /// How many calls to the destination were made again after a failure.
    public let retries: Int
    /// How long it took.
    public let duration: Duration

    /// A result from its parts.
    public init(
        name: String, label: String?, summary: BackupSummary?, maintenance: MaintenanceResult? = nil,
        lease: RunReport.Destination.Lease? = nil, keptCatalog: CatalogSnapshot.Cost? = nil,
        violations: [Violation] = [], outcome: Outcome,
        problems: ProblemDigest, retries: Int, duration: Duration
    ) {
        self.name = name
        self.label = label
        self.summary = summary
        self.maintenance = maintenance
        self.lease = lease
        self.keptCatalog = keptCatalog
        self.violations = violations
        self.outcome = outcome
        self.problems = problems
        self.retries = retries
        self.duration = duration
    }

    /// How many versions there are at the end.
    public var versions: Int? { maintenance?.retention?.remaining ?? summary?.versions }

    /// Bytes at the destination at the end.
    private var storedBytes: Int64? {
        if let compaction = maintenance?.compaction, compaction.reason == .compacted { return compaction.bytesAfter }
        return summary.map { max(0, $0.storedBytes - (maintenance?.retention?.freedBytes ?? 0)) }
    }

    /// The result in the words of a report.
    public var reported: RunReport.Destination {
        var reported = RunReport.Destination(
            name: name, label: label, result: outcome.result, version: summary?.version,
            uploadedBytes: summary?.uploadedBytes ?? 0, uploadedObjects: Int64(summary?.uploadedObjects ?? 0),
            storedBytes: storedBytes, versions: versions.map { Int64($0) },
            deletedVersions: Int64(maintenance?.retention?.deleted.count ?? 0),
            retention: maintenance?.retention.map { .init($0) }, compaction: maintenance?.compaction.map { .init($0) },
            retries: Int64(retries), verification: maintenance?.verification.map { .init($0) },
            isPartial: summary?.isPartial ?? false, lease: lease,
            catalog: summary.map { .init($0, kept: keptCatalog) }, capture: summary.map { Int64($0.capture.number) })
        reported.quarantine = violations.map { $0.description }
        return reported
    }
}

extension RunReport.Destination.Retention {
    /// What retention did, in the words of a report.
    init(_ result: RetentionResult) {
        self.init(
            kept: Int64(result.remaining), deleted: Int64(result.deleted.count), refused: Int64(result.refused ?? 0),
            held: Int64(result.held.count + result.locked.count))
    }
}

extension RunReport.Destination.Compaction {
    /// What compaction did, in the words of a report.
    init(_ summary: CompactSummary) {
        self.init(
            writtenVolumes: Int64(summary.volumesUploaded),
            deletedVolumes: Int64(summary.volumesDeleted + summary.volumesRewritten),
            uploadedBytes: summary.bytesUploaded, freedBytes: summary.bytesFreed, wastedBytes: summary.bytesWasted)
    }
}

extension RunReport.Destination.Catalog {
    /// How a run came by its catalog, in the words of a report.
    init(_ summary: BackupSummary, kept: CatalogSnapshot.Cost?) {
        let copy = summary.catalogWasRebuilt ? nil : summary.catalogSnapshot
        self.init(
            origin: summary.catalogWasRebuilt ? .rebuilt : copy == nil ? .local : .copy,
            seconds: summary.catalogDuration.milliseconds, fetchedBytes: copy?.bytes, keptBytes: kept?.bytes,
            keptSeconds: kept?.duration.milliseconds)
    }
}

extension Duration {
    /// Seconds, to the millisecond.
    fileprivate var milliseconds: Double {
        (Double(components.seconds) * 1e3 + (Double(components.attoseconds) / 1e15).rounded()) / 1e3
    }
}

extension RunReport.Destination.Lease {
    /// The lease that an error speaks of, in the words of a report; `nil` when it speaks of none.
    init?(metBy error: any Error) {
        switch error as? EngineError {
        case .leased(let holder, _):
            // Of a lease that cannot be read nothing is known.
            guard !holder.host.isEmpty else {
                self.init(state: .held)
                return
            }
            let instance = holder.instance.isEmpty ? "" : " of \(holder.instance)"
            self.init(
                state: .held, owner: "\(holder.activity)\(instance) on \(holder.host)", expires: holder.expires)
        case .leaseLost: self.init(state: .lost)
        default: return nil
        }
    }
}

extension RunReport.Source {
    /// What a run found at its sources; what was new is told of the first destination, and what was read of all.
    init?(_ summaries: [BackupSummary]) {
        guard let first = summaries.first else { return nil }
        var readings: [Int: CaptureSummary] = [:]
        for summary in summaries { readings[summary.capture.number] = summary.capture }
        self.init(
            files: Int64(first.files), bytes: first.bytes, added: Int64(first.added),
            modified: Int64(first.modified), removed: Int64(first.removed),
            opened: readings.values.reduce(0) { $0 + Int64($1.opened) },
            openedBytes: readings.values.reduce(0) { $0 + $1.bytesRead }, unreadable: Int64(first.unreadable))
    }
}
