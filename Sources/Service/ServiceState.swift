internal import Configuration
internal import Engine
internal import Jobs
internal import Ledger
internal import Scheduler
internal import Secrets
internal import Support

/// What a service knows beside its ledger; lost when it ends.
struct ServiceState {
    /// A run that is at work.
    struct Run {
        let id: RunIdentifier
        let kind: RunKind
        let interruption: Interruption
        let started: Timestamp
        /// For its timeout: no clock that can be set.
        let began: ContinuousClock.Instant
        let trigger: RunTrigger
        let isScheduled: Bool
        var progress: RunProgress?
    }

    /// A candidate, and what it would do.
    struct Candidate {
        let loaded: LoadedConfiguration
        let files: ConfigurationFiles
        let plan: Result<Plan, Failure>
    }

    var loaded: LoadedConfiguration
    var configuration: Configuration { loaded.configuration }
    var scheduler: Scheduler
    var secrets: SecretStore
    var watch: ConfigurationWatch?
    let started: Timestamp
    var configured: Timestamp
    var looked: Timestamp?
    var next: [Duty: Timestamp] = [:]
    var running: [String: Run] = [:]
    /// Until when a job is left alone whose run could not even be written down.
    var held: [String: ContinuousClock.Instant] = [:]
    /// Runs that somebody asked for, oldest first.
    var asked: [(job: String, id: RunIdentifier)] = []
    /// When the thread that looks at the schedules was last known to be at work.
    var pulse = ContinuousClock.now
    /// Are told when a configuration was taken over.
    var followers: [@Sendable (Configuration) -> Void] = []
    var isReloadAsked = false
    var reloadFailure: String?
    /// Whether it is being found out what a candidate would do.
    var isPlanning = false
    /// A candidate of which that is known.
    var candidate: Candidate?
    /// The refusal that was told last, so that the same is told once.
    var toldRefusal: String?
    var ledgerFailure: String?
    var isStopping = false
    /// Whether all runs have ended after that.
    var isEnding = false
    var passedOn = 0
    var judged: ContinuousClock.Instant?
    var settled: ContinuousClock.Instant?
    var cleaned: Timestamp?

    init(_ loaded: LoadedConfiguration, _ files: ConfigurationFiles, _ setting: ServiceSetting) {
        self.loaded = loaded
        scheduler = Scheduler(loaded.configuration)
        secrets = SecretStore(of: loaded.configuration, environment: setting.environment, mask: setting.mask)
        started = setting.now()
        configured = started
        follow(files)
    }

    /// Watches the files of a configuration.
    mutating func follow(_ files: ConfigurationFiles) {
        let reload = configuration.runtime.reload
        watch =
            reload.watches
            ? ConfigurationWatch(files, debounce: reload.debounce.approximately) { files.now() } : nil
    }

    /// Whether a job is not at work, and need not be left alone.
    func mayBegin(_ job: String) -> Bool { running[job] == nil && held[job].map { $0 <= .now } ?? true }

    /// What is at work, for a decision.
    func runningJobs(at now: Timestamp, _ instant: ContinuousClock.Instant) -> [RunningJob] {
        running.map { name, run in
            RunningJob(
                job: name, kind: run.kind,
                started: Timestamp(seconds: now.seconds - (instant - run.began).components.seconds),
                isScheduled: run.isScheduled)
        }
    }
}
