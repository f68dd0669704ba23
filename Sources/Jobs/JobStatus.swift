public import Configuration
public import JSON
public import Ledger
internal import Scheduler
public import Support

/// How one job stands.
public struct JobStatus: Sendable {
    /// Its name.
    public let job: String
    /// Whether it runs without being named.
    public let isEnabled: Bool
    /// Since when, and why, it is paused; alone or with all others.
    public let pause: Pause?
    /// Versions that nobody has looked at yet although they are not as expected.
    public let quarantines: [Quarantine]
    /// The process that runs it.
    public let process: Int?
    /// When it is due next.
    public let next: Timestamp?
    /// When what is stored is read back next, beside the backups.
    public let nextCheck: Timestamp?
    /// How old the newest good version may be, in seconds.
    public let recoveryPoint: Int64?
    /// By destination; nil where there was no run yet.
    public let destinations: [(name: String, freshness: Freshness?)]
    /// When objects were read back last, by destination.
    public let verifications: [String: StoreVerification]
    /// When what is stored was last proven good; nil where nobody asks for it.
    public let proof: Proof?
    /// How long ago that may be, in seconds.
    public let provenWithin: Int64?
    /// The moment that this is about.
    public let now: Timestamp

    /// How jobs stand.
    /// - Parameters:
    ///   - jobs: the jobs.
    ///   - configuration: what defines them.
    ///   - ledger: what is remembered of them.
    ///   - now: the present.
    /// - Returns: one status each.
    /// - Throws: `LedgerError` when the ledger cannot be used.
    public static func all(
        _ jobs: [JobSpecification], _ configuration: Configuration, _ ledger: Ledger, at now: Timestamp
    ) throws(LedgerError) -> [JobStatus] {
        let pauses = try ledger.pauses()
        let running = try ledger.runningJobs()
        let freshness = try ledger.freshness()
        let quarantines = try ledger.quarantines()
        let verifications = try ledger.verifications()
        let proofs = try ledger.proofs(configuration.proofObjectives)
        return jobs.map { job in
            let rules = JobRules.all(job, in: configuration)
            func next(_ kind: RunKind) -> Timestamp? { rules.first { $0.kind == kind }?.next(after: now) }
            return JobStatus(
                job: job.name, isEnabled: job.isEnabled,
                pause: pauses.first { $0.job == job.name } ?? pauses.first { $0.job == nil },
                quarantines: quarantines.filter { $0.job == job.name }, process: running[job.name]?.process,
                next: next(.backup), nextCheck: next(.verify),
                recoveryPoint: job.objectives.recoveryPoint?.fixedSeconds,
                destinations: job.destinations.map { name in
                    (name, freshness.first { $0.job == job.name && $0.destination == name })
                },
                verifications: Dictionary(
                    verifications.filter { $0.job == job.name }.map { ($0.destination, $0) }
                ) { $1 }, proof: proofs.first { $0.job == job.name },
                provenWithin: job.objectives.verifiedWithin?.fixedSeconds, now: now)
        }
    }

    /// Whether the newest good version at any destination is older than it may be.
    public var isOverdue: Bool { destinations.contains { isOverdue($0.freshness) } }

    /// Whether the newest good version at a destination is older than it may be.
    public func isOverdue(_ freshness: Freshness?) -> Bool {
        guard let recoveryPoint, let freshness else { return false }
        return freshness.age(at: now) > recoveryPoint
    }

    /// Whether objects at a destination were missing or damaged when they were read back last.
    public func isDamaged(at destination: String) -> Bool {
        verifications[destination].map { $0.good != $0.last } ?? false
    }

    /// Whether it is too long ago that what is stored was proven good.
    public var isUnproven: Bool {
        guard let provenWithin, let proof else { return false }
        return proof.age(at: now) > provenWithin
    }

    /// One word for people: what goes before everything else.
    public var word: String {
        if process != nil { return "running" }
        if pause != nil { return "paused" }
        return isEnabled ? "" : "disabled"
    }

    /// The status for machines.
    public var json: JSONValue {
        .object([
            .init("job", .string(job)), .init("enabled", .bool(isEnabled)), .init("running", .bool(process != nil)),
            .init(
                "paused",
                pause.map {
                    .object([
                        .init("since", .string($0.since.iso8601)),
                        .init("reason", $0.reason.map { .string($0) } ?? .null),
                    ])
                } ?? .null),
            .init(
                "quarantined",
                .array(
                    quarantines.map { one in
                        .object([
                            .init("destination", .string(one.destination)), .init("since", .string(one.since.iso8601)),
                            .init("version", one.version.map { .string($0.iso8601) } ?? .null),
                            .init("findings", .array(one.findings.map { .string($0) })),
                        ])
                    })),
            .init("next_run", next.map { .string($0.iso8601) } ?? .null),
            .init("next_check", nextCheck.map { .string($0.iso8601) } ?? .null),
            .init("last_proof", proof?.last.map { .string($0.iso8601) } ?? .null),
            .init("verified_within_seconds", provenWithin.map { .integer($0) } ?? .null),
            .init("unproven", .bool(isUnproven)),
            .init("rpo_seconds", recoveryPoint.map { .integer($0) } ?? .null),
            .init("destinations", .array(destinations.map { json($0.name, $0.freshness) })),
        ])
    }

    private func json(_ name: String, _ fresh: Freshness?) -> JSONValue {
        func text(_ time: Timestamp?) -> JSONValue { time.map { .string($0.iso8601) } ?? .null }
        return .object([
            .init("name", .string(name)), .init("last_success", text(fresh?.good)),
            .init("last_success_run", fresh?.goodRun.map { .string($0) } ?? .null),
            .init("version", text(fresh?.version)),
            .init(
                "age_seconds", fresh.flatMap { one in one.good.map { _ in .integer(one.age(at: now)) } } ?? .null),
            .init("overdue", .bool(isOverdue(fresh))), .init("last_run", text(fresh?.last)),
            .init("last_run_id", fresh?.lastRun.map { .string($0) } ?? .null),
            .init("last_result", fresh?.lastState.map { .string($0.rawValue) } ?? .null),
            .init("last_verified", text(verifications[name]?.good)), .init("damage_found", .bool(isDamaged(at: name))),
        ])
    }
}
