public import Configuration
public import Engine
public import Logging
public import Secrets
public import Support

/// Finds out what a candidate would do.
///
/// Nothing is changed by it; stores and sources are read.
public struct Planner: Sendable {
    /// What is looked at.
    public struct Options: Sendable, Hashable {
        /// The only job to look at; nil for all.
        public var job: String?
        /// Whether stores, sources and secrets are left alone, so that nothing but the configurations is read.
        public var isOffline = false
        /// Whether only that is looked at which somebody may have to approve: no files are walked, no secrets fetched.
        public var isForGate = false

        /// Everything.
        public init() {}
    }

    private let candidate: LoadedConfiguration
    private let base: PlanBase
    private let options: Options
    private let environment: [String: String]
    private let logger: Logger
    private let mask: SecretMask
    private let interruption: Interruption
    private let progress: RunProgress
    private let now: Timestamp

    private var new: Configuration { candidate.configuration }
    private var old: Configuration? { base.loaded?.configuration }

    /// A planner for one plan.
    /// - Parameters:
    ///   - candidate: the configuration that would hold.
    ///   - base: what holds.
    ///   - options: what is looked at.
    ///   - environment: the variables of this process.
    ///   - logger: is told what the user should know.
    ///   - mask: learns the secrets.
    ///   - interruption: ends it early.
    ///   - progress: is counted into.
    ///   - now: the moment that ages and schedules are counted from.
    public init(
        _ candidate: LoadedConfiguration, against base: PlanBase, options: Options = Options(),
        environment: [String: String], logger: Logger, mask: SecretMask, interruption: Interruption,
        progress: RunProgress = RunProgress(), now: Timestamp = .now()
    ) {
        self.candidate = candidate
        self.base = base
        self.options = options
        self.environment = environment
        self.logger = logger
        self.mask = mask
        self.interruption = interruption
        self.progress = progress
        self.now = now
    }

    /// Finds out; blocks the calling thread.
    /// - Throws: `Failure` with `ExitCode.usage` for a job that neither configuration has, and when it is stopped.
    public func plan() throws(Failure) -> Plan {
        if let name = options.job, old?.job(named: name) == nil { _ = try new.findJob(name) }
        let gone = (old?.jobs ?? []).map(\.name).filter { new.job(named: $0) == nil }
        let names = (new.jobs.map(\.name) + gone).filter { options.job == nil || options.job == $0 }
        var jobs: [PlannedJob] = []
        for name in names {
            let job = try planned(name)
            if job.kind != .changed || !job.isEmpty { jobs.append(job) }
        }
        let changes = options.job == nil ? otherChanges() : []
        return Plan(
            base: base.label, baseFingerprint: old?.hash, fingerprint: new.hash, jobs: jobs,
            unchangedJobs: names.count - jobs.count, changes: changes, secrets: secrets(),
            diagnostics: candidate.diagnostics, hash: PlanHash.of(jobs: jobs, changes: changes))
    }

    /// What differs beside the jobs.
    private func otherChanges() -> [PlanChange] {
        guard let before = base.loaded?.effective else { return [] }
        // An approval is no part of what it approves.
        return ValueDifference.changes(before, candidate.effective).filter {
            !$0.path.hasPrefix("jobs.") && !$0.path.hasPrefix("runtime.reload.approved")
        }
    }

    private func secrets() -> Plan.Secrets {
        guard !options.isOffline, !options.isForGate else { return .skipped }
        let findings = SecretStore(of: new, environment: environment, mask: mask).findings()
        return .checked(
            findings.compactMap { finding in
                finding.error.map { .init(name: finding.name, reason: mask.apply(to: "\($0)")) }
            })
    }

    // MARK: Jobs

    private func planned(_ name: String) throws(Failure) -> PlannedJob {
        let values = (old: base.loaded?.effective["jobs"]?[name], new: candidate.effective["jobs"]?[name])
        let before = old?.job(named: name)
        let kind: PlannedJob.Kind = before == nil ? .added : new.job(named: name) == nil ? .removed : .changed
        var job = PlannedJob(name: name, kind: kind, origin: values.new?.origin)
        if kind == .changed { job.changes = ValueDifference.changes(values.old, values.new) }
        job.stores = StoreEffect.all(of: name, old, new)
        job.schedule = ScheduleEffect(of: name, old, new, now: now)
        guard let after = new.job(named: name) else { return job }
        for destination in after.destinations {
            if let effect = try retention(after, before, destination, job.stores) { job.retention.append(effect) }
        }
        if !options.isForGate { job.files = try files(after, before) }
        return job
    }

    // MARK: Retention

    private func retention(
        _ after: JobSpecification, _ before: JobSpecification?, _ destination: String, _ stores: [StoreEffect]
    ) throws(Failure) -> RetentionEffect? {
        guard let rules = after.at(destination).retention else { return nil }
        let known = before.flatMap { $0.destinations.contains(destination) ? $0 : nil }
        // A store that the job comes to has been under no rules of this job, or under those of whoever had it.
        let isFresh = stores.contains { store in
            guard store.destination == destination else { return false }
            switch store.kind {
            case .new, .takenOver, .moved, .renamed: return true
            case .unfit, .passphrase, .unmanaged: return false
            }
        }
        let former = isFresh ? nil : known?.at(destination).retention
        guard isFresh || former != rules else { return nil }
        if options.isOffline { return RetentionEffect(destination, .unknown("offline: the store was not read")) }
        return try look(
            after.name, destination, old: isFresh ? nil : former.map { RetentionPolicy($0) } ?? RetentionPolicy(),
            new: RetentionPolicy(rules), isFresh: isFresh)
    }

    private func look(
        _ job: String, _ destination: String, old: RetentionPolicy?, new: RetentionPolicy, isFresh: Bool
    ) throws(Failure) -> RetentionEffect? {
        let reading = StoreReading(
            logger: logger, mask: mask, environment: environment, interruption: interruption, progress: progress,
            problems: ProblemLog())
        do throws(Failure) {
            guard let session = try reading.look(job: job, destination: destination, configuration: self.new) else {
                return RetentionEffect(destination, .noStore)
            }
            do throws(EngineError) {
                return try RetentionEffect.Finding(session, old: old, new: new, now: now).map {
                    RetentionEffect(destination, $0)
                }
            } catch {
                throw Failure(error, stoppedBy: interruption.signal)
            }
        } catch {
            if error.code == .stopped { throw error }
            // Where a job had a store before, a folder that is not there may be a disk that is not mounted.
            if isFresh, error.code == .missingContainer { return RetentionEffect(destination, .noStore) }
            return RetentionEffect(destination, .unknown(mask.apply(to: error.message)))
        }
    }

    // MARK: Files

    private func files(_ after: JobSpecification, _ before: JobSpecification?) throws(Failure) -> FilesEffect? {
        let selection = JobSelection(after, new, environment)
        let former = old.flatMap { old in before.map { JobSelection($0, old, environment) } }
        guard selection != former, !selection.sources.isEmpty || former?.sources.isEmpty == false else { return nil }
        if options.isOffline { return .skipped("offline: the sources were not walked") }
        let walk = SelectionWalk(interruption: interruption)
        let found = try walk.difference(former, selection)
        // Another filter that means the same for what is there.
        if before != nil, found == FilesEffect.Selection() { return nil }
        return .walked(found)
    }
}
