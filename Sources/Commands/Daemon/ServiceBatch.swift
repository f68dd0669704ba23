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

    /// How long is waited for a service that is busy, or about to take over the same configuration.
    private static let patience = Duration.seconds(15)

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
        let limit = ContinuousClock.now + Self.patience
        while true {
            let status = try asking { () throws(TransportError) in try service.get("/status") }
            let hash = status.json["config"]?.string
            if hash == configuration.hash { return }
            guard status.status == 200, ContinuousClock.now < limit, !interruption.isRequested else {
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
        let id = try begin(job)
        let progress = RunProgress()
        setting.progress.watch(progress)
        defer { setting.progress.watch(nil) }
        let record = try follow(id, job.name, progress)
        var report: JSONValue?
        if let answer = try? service.get("/api/v1/runs/\(id)/report"), answer.status == 200 { report = answer.json }
        return Result(job: job.name, record: record, report: report, exitCode: code(record))
    }

    /// Asks for a run, and asks again while the job is at work.
    private func begin(_ job: JobSpecification) throws -> String {
        let limit = ContinuousClock.now + Self.patience
        while true {
            let answer = try asking { () throws(TransportError) in try service.post("/api/v1/jobs/\(job.name)/run") }
            if answer.status == 202, let id = answer.json["id"]?.string { return id }
            guard answer.status == 409, ContinuousClock.now < limit, !interruption.isRequested else {
                throw Failure(.busy, .temporary, answer.detail)
            }
            usleep(250_000)
        }
    }

    /// Follows a run to its end.
    private func follow(_ id: String, _ job: String, _ progress: RunProgress) throws -> JSONValue {
        var offset = 0
        var isStopAsked = false
        while true {
            if interruption.isRequested, !isStopAsked {
                isStopAsked = true
                _ = try? service.post("/api/v1/jobs/\(job)/stop")
            }
            if interruption.requests > 1 {
                throw Failure(.stopped, interruption.signal?.exitCode ?? .interrupted, "The command was stopped.")
            }
            let answer: RunningService.Answer
            do throws(TransportError) {
                answer = try service.get("/api/v1/runs/\(id)")
            } catch {
                return try known(id)
            }
            guard answer.status == 200 else {
                throw Failure(.stopped, .temporary, "Run \(id) was taken back before it began: \(answer.detail)")
            }
            let record = answer.json
            show(record["current"], progress)
            offset += tellLog(of: id, from: offset)
            if record["finished"]?.string != nil { return record }
            usleep(200_000)
        }
    }

    /// What the ledger has of a run when the service is gone.
    private func known(_ id: String) throws -> JSONValue {
        guard let run = try ledger.runs(beginningWith: id).first, run.end != nil else {
            throw Failure(
                .stopped, .temporary,
                "The service ended before run \(id) did. It goes on with the job when it begins again.")
        }
        return run.json
    }

    private func show(_ current: JSONValue?, _ progress: RunProgress) {
        func count(_ name: String) -> Int { current?[name]?.integer.map { Int($0) } ?? 0 }
        guard current?["phase"]?.string != nil else { return }
        if current?["phase"]?.string == "backing_up" { progress.phase = .backingUp }
        progress.setTotals(entries: count("total_entries"), bytes: count("total_bytes"))
        progress.addEntries(max(0, count("entries") - progress.entries))
        progress.addBytes(max(0, count("bytes") - progress.bytes))
        progress.addTransferred(max(0, count("transferred_bytes") - progress.transferred))
    }

    /// Writes what has come to the log of a run.
    /// - Returns: how many bytes were new; only whole lines are taken.
    private func tellLog(of id: String, from offset: Int) -> Int {
        guard let answer = try? service.get("/api/v1/runs/\(id)/log?offset=\(offset)"), answer.status == 200,
            let end = answer.body.lastIndex(of: 0x0A)
        else { return 0 }
        for line in answer.body[...end].split(separator: 0x0A) { log(String(decoding: line, as: UTF8.self)) }
        return end + 1
    }

    private func code(_ record: JSONValue) -> Jobs.ExitCode {
        let state = record["state"]?.string.flatMap { RunState(rawValue: $0) }
        switch state {
        case .success, .skipped: return .success
        case .warning: return failsOnWarning ? .warnings : .success
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
