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

    static let all = [("warning", warning), ("success", success), ("early-failure", earlyFailure)]
}
