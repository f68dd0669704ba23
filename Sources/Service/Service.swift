public import Configuration
public import Jobs
internal import Ledger
internal import Logging
internal import Scheduler
internal import Secrets
internal import Support
internal import Synchronization
internal import Transport

/// A service: follows the schedules of a configuration until it is asked to end.
///
/// One thread looks at the schedules, every second and whenever something happens; each run has a thread of its own.
/// What is decided is in the ledger before anything begins, so that a service that dies at any moment loses nothing and
/// repeats nothing.
public final class Service: Sendable {
    let setting: ServiceSetting
    let alarm = Alarm()
    /// Rings when there is something to deliver.
    let post = Alarm()
    /// Is raised when what is under way is to be abandoned.
    let abandonment = CancellationFlag()
    /// What the transfers of all runs share.
    let bandwidth = RunBandwidth()
    let state: Mutex<ServiceState>
    /// Tells systemd, where it wants to know.
    let notices: SystemdNotices

    /// A service that has not begun.
    /// - Parameters:
    ///   - loaded: the configuration that it begins with.
    ///   - files: the files that this was read from.
    ///   - setting: what it needs from the outside.
    public init(_ loaded: LoadedConfiguration, files: ConfigurationFiles, _ setting: ServiceSetting) {
        self.setting = setting
        state = Mutex(ServiceState(loaded, files, setting))
        notices = SystemdNotices(environment: setting.environment, logger: setting.logger)
    }

    /// Follows the schedules until somebody asks to end; blocks the calling thread.
    /// - Returns: what the process returns.
    public func run() -> ExitCode {
        begin()
        let delivery = startDelivery()
        notices.ready()
        while true {
            state.withLock { $0.pulse = .now }
            passOnStop()
            reloadIfDue()
            let isBusy = look()
            notices.alive(running: state.withLock { Array($0.running.keys) })
            let isDone = state.withLock { $0.isStopping && $0.running.isEmpty }
            if isDone { break }
            if !isBusy { alarm.wait(milliseconds: setting.interval) }
        }
        settle()
        state.withLock { $0.isEnding = true }
        post.ring()
        delivery?.join()
        setting.logger.notice("service ended")
        return setting.interruption.signal?.exitCode ?? .success
    }

    /// Has it look at once: something has happened.
    public func wake() { alarm.ring() }

    /// Reads the configuration again, whether or not its files seem to have changed.
    public func reload() {
        state.withLock { $0.isReloadAsked = true }
        wake()
    }

    /// Runs a job as soon as there is room, whatever its schedule says.
    /// - Parameter name: the job.
    /// - Returns: the identifier that the run will have.
    /// - Throws: `Failure` when there is no such job, it is at work, or the service ends.
    @discardableResult
    public func start(_ name: String) throws(Failure) -> RunIdentifier {
        let id = RunIdentifier(at: setting.now())
        try state.withLock { state throws(Failure) in
            let job = try state.configuration.findJob(name)
            guard !state.isStopping else {
                throw Failure(.busy, .temporary, "The service ends. Nothing was begun; try again when it is back.")
            }
            // A check that is at work is waited for.
            guard state.running[job.name]?.kind != .backup, !state.asked.contains(where: { $0.job == job.name }) else {
                throw Failure(.busy, .temporary, "Job “\(job.name)” is at work. Wait for it to end, or stop it.")
            }
            state.asked.append((job.name, id))
        }
        wake()
        return id
    }

    /// Has somebody told whenever a configuration was taken over, or read again without a change.
    public func follow(_ body: @escaping @Sendable (Configuration) -> Void) {
        state.withLock { $0.followers.append(body) }
    }

    /// Stops the run of a job, with a partial version; one that waits does not begin.
    ///
    /// Who asks again, because no answer came, does not make it end at once.
    /// - Returns: whether there was one.
    @discardableResult
    public func stop(_ name: String) -> Bool {
        let (run, waited) = state.withLock { state in
            let waited = state.asked.count
            state.asked.removeAll { $0.job == name }
            return (state.running[name], state.asked.count < waited)
        }
        if let run, !run.interruption.isRequested { run.interruption.request(.terminate, because: .request) }
        return run != nil || waited
    }

    // MARK: Beginning and end

    private func begin() {
        let loaded = state.withLock { $0.loaded }
        setting.logger.notice("service started", metadata: ["config": "\(loaded.configuration.hash)"])
        keep(loaded)
        do {
            for run in try setting.ledger.endAbandonedRuns(at: setting.now()) {
                setting.logger.warning(
                    "run was interrupted", metadata: ["job": "\(run.start.job)", "run_id": "\(run.start.id)"])
            }
        } catch {
            setting.logger.error("ledger not usable", metadata: ["error": "\(error)"])
        }
        // What cannot be taken back now is tried again before the job runs.
        _ = UndoLeftovers.takeBack(state.withLock { self.context($0, setting.interruption) }, setting.logger)
    }

    /// Tells the runs that the process is to end: the first request in good order, a second one at once.
    private func passOnStop() {
        guard let signal = setting.interruption.signal else { return }
        notices.stopping()
        let requests = setting.interruption.requests
        let runs = state.withLock { state in
            defer { state.passedOn = requests }
            state.isStopping = true
            return state.passedOn < requests ? Array(state.running.values) : []
        }
        for run in runs { run.interruption.request(signal) }
        if requests > 1 { abandonment.cancel() }
    }
}
