import Reporting
import Support

/// Reports of runs that might have been.
enum ReportSamples {
    static let started = Timestamp(seconds: 1_795_298_861, nanoseconds: 250_000_000)
    static let finished = Timestamp(seconds: 1_795_305_483, nanoseconds: 650_000_000)
    static let instance = RunReport.Instance(name: "homelab-01", id: "6f0c3d2e", version: "1.4.0")

    static let warning = RunReport(
        instance: instance,
        job: .init(name: "photos", labels: ["tier": "gold", "owner": "ö"]),
        run: .init(
            id: "01JD6Z3M9K7Q8V5R2T4W6X8Y0A", trigger: .schedule, scheduledFor: Timestamp(seconds: 1_795_298_400),
            started: started, finished: finished, result: .warning, exitCode: 0),
        configuration: .init(hash: "sha256:1a77e3b9", commit: "88c0f1e", overrides: ["options.compression=fast"]),
        source: .init(
            files: 214_803, bytes: 2_914_406_117_376, added: 412, modified: 9, removed: 2, opened: 421,
            openedBytes: 3_200_000_000, unreadable: 3),
        destinations: [
            .init(
                name: "nas", label: "file:///mnt/nas/photos", result: .success, version: started,
                uploadedBytes: 3_180_265_472, uploadedObjects: 131, storedBytes: 2_100_000_000_000, versions: 54,
                deletedVersions: 1, retention: .init(kept: 54, deleted: 1, held: 1),
                compaction: .init(
                    writtenVolumes: 1, deletedVolumes: 4, uploadedBytes: 50_000_000, freedBytes: 140_000_000,
                    wastedBytes: 7),
                retries: 2,
                verification: .init(
                    sampled: 3, failed: 1, blocks: 50, bytes: 51_000_000, archived: 2,
                    faults: ["modified": 2, "missing": 1])),
            .init(
                name: "usb", label: "file:///mnt/usb", result: .failure, isPartial: true,
                lease: .init(state: .held, owner: "laptop", expires: started),
                catalog: .init(origin: .copy, seconds: 1.25, fetchedBytes: 900, keptBytes: 1000, keptSeconds: 0.5)),
        ],
        problems: [
            .init(
                code: "W204", severity: .warning, message: "permission denied", count: 3,
                paths: ["/source/photos/2024/private/.lock", "/a/b/c", "x"])
        ],
        nextRun: Timestamp(seconds: 1_795_385_261))

    static let success = RunReport(
        instance: .init(name: "laptop", version: "1.4.0"), job: .init(name: "documents"),
        run: .init(
            id: "run-1", trigger: .manual, started: started, finished: started, result: .success, exitCode: 0),
        source: .init(files: 1, bytes: 2),
        destinations: [.init(name: "disk", result: .success, version: started, uploadedBytes: 10, versions: 1)])

    /// Nothing is known but that it failed: the configuration could not be read.
    static let earlyFailure = RunReport(
        instance: .init(name: "laptop", version: "1.4.0"),
        run: .init(
            id: "run-2", trigger: .manual, started: started, finished: started, result: .failure, exitCode: 78),
        problems: [
            .init(code: "E030", severity: .error, message: "dunnage.yaml:7:5: secret `key` is not defined\n\"quoted\"")
        ])

    /// A run that failed at one of two destinations, with texts that bodies must escape.
    static let failure = RunReport(
        instance: instance, job: .init(name: "photos"),
        run: .init(
            id: "01JD6Z3M9K7Q8V5R2T4W6X8Y0B", trigger: .schedule, scheduledFor: Timestamp(seconds: 1_795_298_400),
            started: started, finished: finished, result: .failure, exitCode: 1),
        source: .init(files: 10, bytes: 2048, added: 1),
        destinations: [
            .init(
                name: "nas", label: "file:///mnt/nas/photos", result: .success, version: started,
                uploadedBytes: 1024, uploadedObjects: 3, versions: 5),
            .init(name: "cloud", label: "s3://bucket.s3.amazonaws.com/photos", result: .failure, retries: 4),
        ],
        problems: [
            .init(
                code: "E304", severity: .error,
                message: "cloud: <no answer> & \"nothing\" else\nTry `again` later, at 100%."),
            .init(code: "W202", severity: .warning, message: "ä cannot be read", count: 2, paths: ["/a/b/c/d/ü.txt"]),
        ], nextRun: Timestamp(seconds: 1_795_384_800),
        log: .init(detail: .all, lines: ["2026-11-21 info backup started", "2026-11-21 error backup failed"]))

    private static func told(
        _ event: RunReport.Event, _ id: String, result: RunReport.Result = .failure,
        objective: RunReport.Objective? = nil
    ) -> RunReport {
        RunReport(
            instance: instance, job: event == .configChanged ? nil : .init(name: "photos"),
            run: .init(
                id: id, trigger: .schedule, scheduledFor: Timestamp(seconds: 1_795_298_400), started: started,
                finished: started, result: result, exitCode: 0),
            problems: event == .configChanged
                ? [.init(code: "E030", severity: .error, message: "dunnage.yaml:7:5: secret `key` is not defined")]
                : [],
            objective: objective, event: event)
    }

    static let start = told(.start, "01JD6Z3M9K7Q8V5R2T4W6X8Y0A", result: .success)
    static let missed = told(.missed, "01JD6Z3M9K7Q8V5R2T4W6X8Y0C")
    static let overdue = told(
        .overdue, "01JD6Z3M9K7Q8V5R2T4W6X8Y0D",
        objective: .init(allowedSeconds: 180_000, ageSeconds: 187_261, isMet: false, lastDrill: started))
    static let recovered = told(
        .recovered, "01JD6Z3M9K7Q8V5R2T4W6X8Y0E", result: .success,
        objective: .init(allowedSeconds: 180_000, ageSeconds: 0, isMet: true))
    static let drill = told(.drill, "01JD6Z3M9K7Q8V5R2T4W6X8Y0F", result: .success)
    static let configuration = told(.configChanged, "01JD6Z3M9K7Q8V5R2T4W6X8Y0G")

    static let digest = RunReport(
        digestOf: [success, warning, failure].map { DigestItem($0) }, id: "01JD6Z3M9K7Q8V5R2T4W6X8Y0H",
        instance: instance, at: finished)

    static let all = [
        ("warning", warning), ("success", success), ("early-failure", earlyFailure), ("failure", failure),
        ("start", start), ("missed", missed), ("overdue", overdue), ("recovered", recovered), ("drill", drill),
        ("config-changed", configuration), ("digest", digest),
    ]
}
