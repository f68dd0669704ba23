internal import Configuration
internal import Engine
internal import Glibc
internal import JSON
internal import Jobs
internal import Ledger
internal import Logging
internal import Scheduler
internal import Support
internal import Transport

/// Jobs that a running service is asked to run, followed to their ends as if they ran here.
struct ServiceBatch {
    let service: RunningService
    let configuration: Configuration
    let ledger: Ledger
    let setting: OutputSetting
    let interruption: Interruption
    let failsOnWarning: Bool
    /// Writes a line of a run's log.
    let log: (String) -> Void
    /// How often the service is asked, and how long it is waited for.
    var pace = ServicePace()

    /// What came of a run.
    struct Result {
        let job: String
        let record: JSONValue
        let report: JSONValue?
        let exitCode: Jobs.ExitCode
    }

    /// Waits until the service follows the configuration of this command.
    /// - Throws: `Failure` with `ExitCode.temporary` when it follows another one.
    func expectSameConfiguration() throws {
        let limit = ContinuousClock.now + pace.patience
        while true {
            let status = try asking { () throws(TransportError) in try service.get("/status") }
            let hash = status.json["config"]?.string
            if hash == configuration.hash { return }
            try expectNoStop()
            guard status.status == 200, ContinuousClock.now < limit else {
                guard let hash, status.status == 200 else { throw Failure(.busy, .temporary, status.detail) }
                throw Failure(
                    .busy, .temporary,
                    "The service of this state folder follows another configuration (\(hash), this one is "
                        + "\(configuration.hash)). Have it take over the files, or run the jobs in this process with "
                        + "--here.")
            }
            usleep(250_000)
        }
    }

    /// Runs the jobs, one after the other.
    /// - Parameters:
    ///   - jobs: the jobs.
    ///   - finished: is called after each run.
    /// - Returns: the worst code of all jobs.
    /// - Throws: `Failure`, also when the service does not answer or is busy.
    func run(_ jobs: [JobSpecification], finished: (Result) throws -> Void) throws -> Jobs.ExitCode {
        var codes: [Jobs.ExitCode] = []
        for job in jobs {
            var attempt = 1
            while true {
                if let signal = interruption.signal { return Jobs.ExitCode.worst(of: codes + [signal.exitCode]) }
                let result = try run(job)
                try finished(result)
                guard result.exitCode == .failure || result.exitCode == .temporary,
                    let pause = RetryRule(job.retry).pause(after: attempt), waited(pause, job)
                else {
                    codes.append(result.exitCode)
                    break
                }
                attempt += 1
            }
        }
        return Jobs.ExitCode.worst(of: codes)
    }

    private func waited(_ seconds: Int64, _ job: JobSpecification) -> Bool {
        setting.logger.notice("run is tried again", metadata: ["job": "\(job.name)", "pause_seconds": "\(seconds)"])
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if interruption.isRequested { return false }
            usleep(50_000)
        }
        return true
    }

    // MARK: One run

    private func run(_ job: JobSpecification) throws -> Result {
        var run = FollowedRun(
            try begin(job), of: job.name, at: service, ledger: ledger, logger: setting.logger,
            interruption: interruption, pace: pace, log: log)
        let progress = RunProgress()
        setting.progress.watch(progress)
        defer { setting.progress.watch(nil) }
        let record = try run.end(showing: progress)
        return Result(job: job.name, record: record, report: run.report(), exitCode: code(record))
    }

    /// Asks for a run, and asks again while the job is at work.
    private func begin(_ job: JobSpecification) throws -> String {
        let limit = ContinuousClock.now + pace.patience
        while true {
            let answer = try asking { () throws(TransportError) in try service.post("/api/v1/jobs/\(job.name)/run") }
            if answer.status == 202, let id = answer.json["id"]?.string { return id }
            try expectNoStop()
            guard answer.status == 409, ContinuousClock.now < limit else {
                throw Failure(.busy, .temporary, answer.detail)
            }
            usleep(250_000)
        }
    }

    private func expectNoStop() throws(Failure) {
        guard let signal = interruption.signal else { return }
        throw Failure(.stopped, signal.exitCode, "The command was stopped before the service began to run the job.")
    }

    private func code(_ record: JSONValue) -> Jobs.ExitCode {
        let state = record["state"]?.string.flatMap { RunState(rawValue: $0) }
        switch state {
        case .success, .skipped: return .success
        case .warning: return failsOnWarning ? .warnings : .success
        // To the service every stop is the same; this one was ours.
        case .interrupted where interruption.isRequested: return interruption.signal?.exitCode ?? .terminated
        default:
            let code = record["exit_code"]?.integer.flatMap { Jobs.ExitCode(rawValue: Int32(truncatingIfNeeded: $0)) }
            return code.map { $0 == .success ? .failure : $0 } ?? .failure
        }
    }

    private func asking(
        _ body: () throws(TransportError) -> RunningService.Answer
    ) throws(Failure) -> RunningService.Answer {
        do throws(TransportError) {
            return try body()
        } catch {
            throw Failure(
                .busy, .temporary,
                "The service of this state folder does not answer (\(error)). Look at its log, or run the jobs in this "
                    + "process with --here.")
        }
    }
}
