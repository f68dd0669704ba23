internal import Engine
internal import JSON
internal import Jobs
internal import Ledger
internal import Logging
internal import Support
internal import Transport

/// A run of a service, followed to its end: its log, how far it has come, and a stop that is passed on.
struct FollowedRun {
    let id: String
    let job: String
    let service: RunningService
    let ledger: Ledger
    let logger: Logger
    let interruption: Interruption
    let pace: ServicePace
    /// Writes a line of the run's log.
    let log: (String) -> Void

    /// How much of the log is written.
    private var offset = 0
    private var stop = Stop()
    private var silentSince: ContinuousClock.Instant?

    /// How far a stop has come.
    private struct Stop {
        /// Whether the service has taken it.
        var isTaken = false
        var attempts = 0
        /// When the next attempt is due.
        var next = ContinuousClock.now
        /// Why the last attempt failed, until that is told.
        var problem: String?
    }

    init(
        _ id: String, of job: String, at service: RunningService, ledger: Ledger, logger: Logger,
        interruption: Interruption, pace: ServicePace, log: @escaping (String) -> Void
    ) {
        self.id = id
        self.job = job
        self.service = service
        self.ledger = ledger
        self.logger = logger
        self.interruption = interruption
        self.pace = pace
        self.log = log
    }

    /// Waits for the end.
    /// - Parameter progress: is told how far the run has come.
    /// - Returns: what is written down of the run.
    /// - Throws: `Failure` when the end does not become known.
    mutating func end(showing progress: RunProgress) throws -> JSONValue {
        while true {
            if interruption.isRequested { passOnStop() }
            if interruption.requests > 1 {
                throw Failure(
                    .stopped, interruption.signal?.exitCode ?? .interrupted,
                    "The command was stopped; it does not wait for the end of run \(id).")
            }
            if let record = try look() {
                show(record["current"], progress)
                let isOver = record["finished"]?.string != nil
                tellLog(isLast: isOver)
                if isOver { return record }
            }
            tellStopProblem()
            Patience.wait(pace.look)
        }
    }

    /// The report of the run, which has ended; what keeps it from being read is logged.
    func report() -> JSONValue? {
        let limit = ContinuousClock.now + pace.reportPatience
        while true {
            let problem: String
            do throws(TransportError) {
                let answer = try service.get("/api/v1/runs/\(id)/report")
                if answer.status == 200, answer.json.object != nil { return answer.json }
                problem = answer.status == 200 ? "the service's answer is no report" : answer.detail
            } catch {
                problem = "\(error)"
            }
            guard ContinuousClock.now < limit else {
                logger.warning("report of the run not read", metadata: metadata(problem))
                return nil
            }
            Patience.wait(pace.look)
        }
    }

    private func metadata(_ error: String) -> Logger.Metadata {
        ["job": "\(job)", "run_id": "\(id)", "error": "\(error)"]
    }

    // MARK: The run

    /// What is written down of the run.
    /// - Returns: nil when there was no answer, which may be otherwise the next time.
    private mutating func look() throws -> JSONValue? {
        let problem: String
        var isUnknown = false
        do throws(TransportError) {
            let answer = try service.get("/api/v1/runs/\(id)")
            if answer.status == 200, answer.json["id"]?.string == id {
                silentSince = nil
                return answer.json
            }
            isUnknown = answer.status == 404
            problem = answer.detail
        } catch {
            problem = "\(error)"
        }
        if isUnknown {
            throw Failure(
                .stopped, interruption.signal?.exitCode ?? .temporary,
                "Run \(id) was taken back before it began: \(problem)")
        }
        if let record = try written() { return record }
        let since = silentSince ?? .now
        silentSince = since
        guard ContinuousClock.now - since < pace.patience else {
            let untold = interruption.isRequested && !stop.isTaken ? " It was not told to stop." : ""
            throw Failure(
                .stopped, .temporary,
                "The service does not answer any more, and run \(id) has not ended as far as is known.\(untold) Look at "
                    + "the service's log, and at `dunnage history` for what becomes of the run. (\(problem))")
        }
        return nil
    }

    /// What the ledger has of a run that has ended.
    private func written() throws -> JSONValue? {
        guard let run = try ledger.runs(beginningWith: id).first, run.end != nil else { return nil }
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

    // MARK: The stop

    /// Passes a stop on, unless the service has taken it or has been asked often enough.
    private mutating func passOnStop() {
        guard !stop.isTaken, stop.attempts < pace.stopAttempts, stop.next <= .now else { return }
        do throws(TransportError) {
            let answer = try service.post("/api/v1/jobs/\(job)/stop")
            stop.isTaken = answer.status == 202
            stop.problem = stop.isTaken ? nil : answer.detail
        } catch {
            stop.problem = "\(error)"
        }
        stop.attempts += 1
        stop.next = .now + pace.stopPause
    }

    /// Says that a stop was not passed on; to be called when the run is known to go on, which explains a refusal else.
    private mutating func tellStopProblem() {
        guard let problem = stop.problem else { return }
        stop.problem = nil
        if stop.attempts < pace.stopAttempts {
            logger.warning("stop not passed on to the service; it is tried again", metadata: metadata(problem))
        } else {
            logger.error(
                "stop not passed on to the service; the run goes on there, and is followed to its end",
                metadata: metadata(problem))
        }
    }

    // MARK: The log

    /// Writes what has come to the log, in whole lines.
    /// - Parameter isLast: whether nobody asks again, so that what cannot be read now is left out.
    private mutating func tellLog(isLast: Bool) {
        while true {
            let problem: String
            do throws(TransportError) {
                let answer = try service.get("/api/v1/runs/\(id)/log?offset=\(offset)")
                if answer.status == 200 {
                    guard let end = answer.body.lastIndex(of: 0x0A) else { return }
                    for line in answer.body[...end].split(separator: 0x0A) {
                        log(String(decoding: line, as: UTF8.self))
                    }
                    offset += end + 1
                    // An answer has a part of a long log.
                    if isLast { continue }
                    return
                }
                problem = answer.detail
            } catch {
                problem = "\(error)"
            }
            if isLast { logger.warning("log of the run not read to its end", metadata: metadata(problem)) }
            return
        }
    }
}
