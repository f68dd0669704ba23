public import Configuration
public import Ledger
internal import Scheduler
public import Support

/// The metrics of a runner: how each job stands, from the ledger, so that a restart hides nothing.
///
/// The label for a job is `backup`: Prometheus and its push gateway have `job` for themselves.
public struct RunnerMetrics: Sendable {
    /// How a service stands with its configuration.
    public struct Reload: Sendable {
        /// Whether the newest files could be taken over.
        public let isGood: Bool
        /// When a configuration was taken over last.
        public let last: Timestamp

        /// What became of the newest files.
        public init(isGood: Bool, last: Timestamp) {
            self.isGood = isGood
            self.last = last
        }
    }

    /// What is served: text format 0.0.4.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: [MetricFamily]

    /// Metrics as of now.
    /// - Parameters:
    ///   - configuration: the jobs, destinations and receivers.
    ///   - ledger: what is remembered of them.
    ///   - now: the moment.
    ///   - reload: how the service stands; `nil` where none runs.
    /// - Throws: when the ledger cannot be used.
    public init(
        _ configuration: Configuration, _ ledger: Ledger, at now: Timestamp, reload: Reload? = nil
    ) throws(LedgerError) {
        families =
            try Self.versions(configuration, ledger, now) + Self.jobs(configuration, ledger, now)
            + Self.reports(configuration, ledger) + Self.program(configuration, reload)
    }

    /// The text for Prometheus.
    public var text: String { families.map(\.text).joined() }

    /// The names of all metrics, of those too that have no sample now.
    public var names: [String] { families.map(\.name) }

    // MARK: Families

    /// Of each job at each of its destinations.
    private static func versions(
        _ configuration: Configuration, _ ledger: Ledger, _ now: Timestamp
    ) throws(LedgerError) -> [MetricFamily] {
        var success = MetricFamily(
            "dunnage_backup_last_success_timestamp_seconds", "When the last run with a complete version began.")
        var last = MetricFamily("dunnage_backup_last_run_timestamp_seconds", "When the last run ended.")
        var result = MetricFamily("dunnage_backup_last_result", "How the last run ended: 1 for that result.")
        var runs = MetricFamily("dunnage_backup_runs_total", "Runs that ended, by result.", .counter)
        var uploaded = MetricFamily("dunnage_backup_uploaded_bytes_total", "Bytes that runs have sent.", .counter)
        var overdue = MetricFamily(
            "dunnage_backup_overdue", "Whether the newest complete version is older than it may be.")
        let freshness = Dictionary(
            grouping: try ledger.freshness(), by: { Pair(job: $0.job, destination: $0.destination) })
        for job in configuration.jobs {
            for name in job.destinations {
                guard let fresh = freshness[Pair(job: job.name, destination: name)]?.first else { continue }
                let labels: KeyValuePairs = ["backup": job.name, "destination": name]
                success.add(fresh.good?.fractionalSeconds, labels)
                last.add(fresh.last?.fractionalSeconds, labels)
                overdue.add(fresh.overdue != nil, labels)
                uploaded.add(fresh.uploadedBytes, labels)
                for state in RunState.allCases where state != .running {
                    let labels: KeyValuePairs = [
                        "backup": job.name, "destination": name, "result": state.rawValue,
                    ]
                    if fresh.lastState != nil { result.add(fresh.lastState == state, labels) }
                    runs.add(Int64(fresh.counts[state] ?? 0), labels)
                }
            }
        }
        var verified = MetricFamily(
            "dunnage_verify_last_success_timestamp_seconds", "When objects were read back last, and all were good.")
        let verifications = Dictionary(
            grouping: try ledger.verifications(), by: { Pair(job: $0.job, destination: $0.destination) })
        for job in configuration.jobs {
            for name in job.destinations {
                verified.add(
                    verifications[Pair(job: job.name, destination: name)]?.first?.good?.fractionalSeconds,
                    ["backup": job.name, "destination": name])
            }
        }
        var within = MetricFamily(
            "dunnage_verify_within_seconds", "How long ago the last check that found nothing wrong may be.")
        var unproven = MetricFamily("dunnage_verify_overdue", "Whether it is longer ago.")
        let objectives = configuration.proofObjectives
        let proofs = Dictionary(try ledger.proofs(objectives).map { ($0.job, $0) }) { $1 }
        for objective in objectives {
            guard let limit = objective.within else { continue }
            within.add(limit, ["backup": objective.job])
            unproven.add(proofs[objective.job]?.overdue != nil, ["backup": objective.job])
        }
        return [success, last, result, runs, uploaded, overdue, verified, within, unproven]
    }

    private struct Pair: Hashable {
        let job: String
        let destination: String
    }

    /// Of each job, and of its last run.
    private static func jobs(
        _ configuration: Configuration, _ ledger: Ledger, _ now: Timestamp
    ) throws(LedgerError) -> [MetricFamily] {
        var next = MetricFamily("dunnage_backup_next_run_timestamp_seconds", "When the job is due next.")
        var rpo = MetricFamily("dunnage_backup_rpo_seconds", "How old the newest complete version may become.")
        var rto = MetricFamily("dunnage_backup_rto_seconds", "How long a restore may take.")
        var missed = MetricFamily(
            "dunnage_backup_missed_runs", "Runs that were due and did not begin, as long as remembered.")
        var quarantined = MetricFamily(
            "dunnage_backup_quarantined", "Versions that are not as expected and that nobody has looked at.")
        var frozen = MetricFamily(
            "dunnage_backup_paused_retention", "Whether nothing is deleted because of a quarantine.")
        var paused = MetricFamily("dunnage_backup_paused", "Whether the schedule of the job is paused.")
        var running = MetricFamily("dunnage_backup_running", "Whether a run is at work.")
        var files = MetricFamily("dunnage_backup_source_files", "Files that the last run saw.")
        var bytes = MetricFamily("dunnage_backup_source_bytes", "Bytes of the files that the last run saw.")
        var versions = MetricFamily("dunnage_backup_versions", "Versions there after the last run.")
        var stored = MetricFamily("dunnage_backup_stored_bytes", "Bytes there after the last run.")
        var duration = MetricFamily("dunnage_backup_last_duration_seconds", "How long the last run took.")
        var used = MetricFamily("dunnage_destination_used_bytes", "Bytes there after the last runs of all jobs.")
        var quota = MetricFamily("dunnage_destination_quota_bytes", "The bytes that a store there may take.")
        var usedBytes: [String: Int64] = [:]
        let counts = try ledger.occurrenceCounts()
        let pauses = Set(try ledger.pauses().map(\.job))
        let atWork = try ledger.runningJobs()
        let quarantines = Dictionary(grouping: try ledger.quarantines(), by: \.job)
        for job in configuration.jobs {
            let labels: KeyValuePairs = ["backup": job.name]
            if job.isEnabled {
                next.add(JobRules(job, in: configuration).next(after: now)?.fractionalSeconds, labels)
            }
            rpo.add(job.objectives.recoveryPoint?.fixedSeconds, labels)
            rto.add(job.objectives.recoveryTime?.fixedSeconds, labels)
            missed.add(Int64(counts[Duty(job.name)]?[.missed] ?? 0), labels)
            quarantined.add(Int64(quarantines[job.name]?.count ?? 0), labels)
            frozen.add(quarantines[job.name] != nil, labels)
            paused.add(pauses.contains(job.name) || pauses.contains(nil), labels)
            running.add(atWork[job.name] != nil, labels)
            let runs = try ledger.runs(job: job.name, kind: .backup, limit: 2)
            guard let end = runs.lazy.compactMap(\.end).first else { continue }
            files.add(end.files, labels)
            bytes.add(end.bytes, labels)
            for place in end.destinations {
                let labels: KeyValuePairs = ["backup": job.name, "destination": place.name]
                versions.add(place.versions, labels)
                stored.add(place.storedBytes, labels)
                if let bytes = place.storedBytes { usedBytes[place.name, default: 0] += bytes }
                duration.add(Double(place.milliseconds) / 1000, labels)
            }
        }
        for (name, destination) in configuration.destinations.sorted(by: { $0.key < $1.key }) {
            used.add(usedBytes[name], ["destination": name])
            quota.add(destination.quota?.bytes, ["destination": name])
        }
        return [
            next, rpo, rto, missed, quarantined, frozen, paused, running, files, bytes, versions, stored, duration,
            used,
            quota,
        ]
    }

    /// Of each receiver of reports.
    private static func reports(
        _ configuration: Configuration, _ ledger: Ledger
    ) throws(LedgerError) -> [MetricFamily] {
        var size = MetricFamily("dunnage_report_outbox_size", "Reports that wait.")
        var delivered = MetricFamily("dunnage_report_delivered_total", "Reports that were delivered.", .counter)
        var dropped = MetricFamily("dunnage_report_dropped_total", "Reports that were given up.", .counter)
        let tallies = try Outbox(ledger, instance: configuration.instance).tallies()
        for name in configuration.reports.keys.sorted() {
            let tally = tallies.first { $0.receiver == name }
            size.add(tally?.size ?? 0, ["report": name])
            delivered.add(tally?.delivered ?? 0, ["report": name])
            dropped.add(tally?.dropped ?? 0, ["report": name])
        }
        return [size, delivered, dropped]
    }

    /// Of the program and its configuration.
    private static func program(_ configuration: Configuration, _ reload: Reload?) -> [MetricFamily] {
        var good = MetricFamily(
            "dunnage_config_last_reload_successful", "Whether the newest configuration could be taken over.")
        var last = MetricFamily(
            "dunnage_config_last_reload_success_timestamp_seconds", "When a configuration was taken over last.")
        var info = MetricFamily("dunnage_config_info", "The fingerprint of the configuration.")
        var build = MetricFamily("dunnage_build_info", "The version of the program.")
        if let reload {
            good.add(reload.isGood)
            last.add(reload.last.fractionalSeconds)
        }
        info.add(true, ["hash": configuration.hash])
        build.add(true, ["version": ProgramVersion.current])
        return [good, last, info, build]
    }
}

extension Timestamp {
    /// Seconds since 1970, with those after the point.
    fileprivate var fractionalSeconds: Double { Double(seconds) + Double(nanoseconds) / 1e9 }
}
