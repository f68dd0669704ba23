public import Configuration
public import Reporting
public import Support

/// A report as it might be, to try a receiver out with.
public struct SampleReport: Sendable {
    /// The report.
    public let report: RunReport

    /// A report of an event.
    /// - Parameters:
    ///   - event: what it tells of.
    ///   - job: the job that it tells of; `nil` for none.
    ///   - configuration: the names of the installation and of the job's destinations.
    ///   - now: when it happens.
    public init(
        of event: RunReport.Event, job: JobSpecification?, in configuration: Configuration, at now: Timestamp
    ) {
        let result: RunReport.Result =
            switch event {
            case .start, .success, .recovered, .drill, .configChanged, .digest: .success
            case .warning: .warning
            case .failure, .missed, .overdue: .failure
            }
        let started = event.isEnd ? Timestamp(seconds: now.seconds - 431) : now
        let isEnd = event.isEnd
        report = RunReport(
            instance: .init(name: configuration.instance, version: ProgramVersion.current),
            job: job.map { .init(name: $0.name, labels: $0.labels) },
            run: .init(
                id: RunIdentifier(at: now).description, trigger: .manual,
                scheduledFor: event == .missed ? Timestamp(seconds: now.seconds - 3600) : nil, started: started,
                finished: now, result: result, exitCode: result == .failure ? 1 : 0),
            configuration: .init(hash: configuration.hash, overrides: configuration.overrides),
            source: isEnd
                ? .init(
                    files: 214_803, bytes: 2_914_406_117, added: 412, modified: 9, removed: 2, opened: 421,
                    openedBytes: 39_120_442, unreadable: event == .warning ? 3 : 0)
                : nil,
            destinations: isEnd ? (job?.destinations ?? []).map { Self.destination($0, result, started) } : [],
            problems: isEnd || event == .configChanged ? Self.problems(event, job) : [],
            objective: event == .overdue || event == .recovered
                ? .init(
                    allowedSeconds: 93_600, ageSeconds: event == .overdue ? 180_000 : 0,
                    isMet: event == .recovered) : nil,
            log: .init(detail: .all, lines: ["This report is a test."]), event: event)
    }

    private static func destination(
        _ name: String, _ result: RunReport.Result, _ version: Timestamp
    ) -> RunReport.Destination {
        guard result != .failure else { return .init(name: name, result: .failure, retries: 5) }
        return .init(
            name: name, result: .success, version: version, uploadedBytes: 31_802_654, uploadedObjects: 3,
            storedBytes: 1_902_330_112, versions: 54, verification: .init(sampled: 3, failed: 0))
    }

    private static func problems(_ event: RunReport.Event, _ job: JobSpecification?) -> [RunReport.Problem] {
        let test = RunReport.Problem(severity: .warning, message: "this report is a test, and nothing has happened")
        switch event {
        case .warning:
            return [
                .init(
                    code: "W202", severity: .warning,
                    message: "cannot be read: Permission denied; it is not in this version", count: 3,
                    paths: ["/srv/documents/private/lock"]), test,
            ]
        case .failure:
            let name = job?.destinations.first.map { "\($0): " } ?? ""
            return [
                .init(
                    code: "E304", severity: .error,
                    message:
                        "\(name)The server's name could not be resolved (https://\"backup\".example.com). Check it."),
                test,
            ]
        default: return [test]
        }
    }
}
