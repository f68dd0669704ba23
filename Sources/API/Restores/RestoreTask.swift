internal import Configuration
internal import Engine
internal import JSON
internal import Jobs
internal import Logging
internal import Secrets
internal import Service
internal import Support
internal import Synchronization

/// One restore that was asked for.
final class RestoreTask: Sendable {
    /// How it stands.
    enum State: String, Sendable, CaseIterable {
        /// It is at work.
        case running
        /// Everything that was asked for is there.
        case success
        /// So it is, and something was odd.
        case warning
        /// Something could not be restored, or nothing.
        case failed
        /// It was stopped.
        case interrupted
    }

    private struct End {
        let state: State
        let finished: Timestamp
        var failure: Failure?
        var summary: JSONValue = .null
        var problems: JSONValue = .array([])
    }

    let id: RunIdentifier
    private let job: String
    private let destination: String
    private let version: String
    private let target: String
    private let paths: [String]
    private let overwrite: OverwriteRule
    private let isDryRun: Bool
    private let asked: Timestamp
    private let progress = RunProgress()
    private let interruption = Interruption()
    private let end = Mutex<End?>(nil)

    init(_ body: JSONValue, of job: String, at destination: String, now: Timestamp) {
        id = RunIdentifier(at: now)
        self.job = job
        self.destination = destination
        version = body["version"]?.string ?? "newest"
        target = body["target"]?.string ?? ""
        paths = (body["paths"]?.array ?? []).compactMap(\.string)
        overwrite = body["overwrite"]?.string.flatMap { OverwriteRule(rawValue: $0) } ?? .never
        isDryRun = body["dry_run"]?.bool ?? false
        asked = now
    }

    /// Whether it has not ended.
    var isRunning: Bool { end.withLock { $0 == nil } }

    /// Asks it to stop; what it has written stays.
    func stop() { interruption.request(.terminate, because: .request) }

    /// Restores; blocks the calling thread.
    func run(_ configuration: Configuration, _ setting: ServiceSetting) {
        var logger = setting.logger
        logger[metadataKey: "job"] = "\(job)"
        logger[metadataKey: "restore"] = "\(id)"
        logger.notice("restore started", metadata: ["target": "\(target)", "version": "\(version)"])
        let problems = ProblemLog(observer: ProblemLogging(logger).observer)
        var result: End
        do {
            result = try restore(configuration, setting, problems, logger)
        } catch {
            let failure = Failure(error, stoppedBy: interruption.signal)
            result = End(state: failure.code == .stopped ? .interrupted : .failed, finished: setting.now())
            result.failure = Failure(failure.code, failure.exitCode, setting.mask.apply(to: failure.message))
            result.problems = ProblemDigest(problems).json
        }
        logger.notice("restore ended", metadata: ["result": "\(result.state.rawValue)"])
        end.withLock { [result] in $0 = result }
    }

    private func restore(
        _ configuration: Configuration, _ setting: ServiceSetting, _ problems: ProblemLog, _ logger: Logger
    ) throws -> End {
        let reading = StoreReading(
            logger: logger, mask: setting.mask, environment: setting.environment, interruption: interruption,
            progress: progress, problems: problems)
        let session = try reading.open(job: job, destination: destination, configuration: configuration)
        // Links may have come in the meantime.
        guard RestoreRoots(roots: configuration.runtime.api.restoreRoots).allow(target) else {
            throw Failure(.refused, .refused, "\(target) is not below a folder that restores may write to any more.")
        }
        let request = RestoreRequest(
            version: VersionSelector(version) ?? .newest,
            patterns: try paths.map { try FilterExpression(argument: $0) }, target: target, overwrite: overwrite)
        let run = RestoreRun(request, session: session, problems: problems)
        let failed: Int
        let summary: [JSONValue.Member]
        if isDryRun {
            let preview = try run.preview()
            (failed, summary) = (preview.failed, preview.json(target: target))
        } else {
            let done = try run.run()
            (failed, summary) = (done.failed, done.json(target: target))
        }
        let digest = ProblemDigest(problems)
        let state: State =
            failed > 0 || digest.errors > 0 ? .failed : digest.groups.isEmpty ? .success : .warning
        return End(
            state: state, finished: setting.now(), summary: .object(summary), problems: digest.json)
    }

    /// The restore for machines.
    var json: JSONValue {
        let end = end.withLock { $0 }
        return .object([
            .init("id", .string(id.description)), .init("job", .string(job)),
            .init("destination", .string(destination)), .init("asked_version", .string(version)),
            .init("target", .string(target)), .init("paths", .array(paths.map { .string($0) })),
            .init("overwrite", .string(overwrite.rawValue)), .init("dry_run", .bool(isDryRun)),
            .init("state", .string((end?.state ?? .running).rawValue)), .init("asked", .string(asked.iso8601)),
            .init("finished", (end?.finished).json), .init("phase", end == nil ? .string(progress.phase.word) : .null),
            .init("bytes", .integer(Int64(progress.bytes))), .init("total_bytes", .integer(Int64(progress.totalBytes))),
            .init("code", end?.failure.map { .string($0.code.rawValue) } ?? .null),
            .init("message", end?.failure.map { .string($0.message) } ?? .null),
            .init("summary", end?.summary ?? .null), .init("problems", end?.problems ?? .array([])),
        ])
    }
}
