/// How a job proves that its versions can be restored: `verify`.
extension ConfigurationSchema {
    static let verification = ObjectShape(
        keys: [
            .init(
                "after_backup", .oneOf(value: .sample, list: nil, object: samples),
                "How many sets of a filelist, an index and a data volume are read back and checked: a number, "
                    + "a share like `5%`, or `off`.", absent: "1"),
            .init(
                "remote", .object(remoteVerification), "What is read back and checked beside the backups."),
            .init("restore_drill", .object(restoreDrill), "Restores that prove that a restore works.", pending: true),
        ],
        foreign: [
            "samples": "write `after_backup: 1`", "schedule": "write `remote: { schedule: … }`",
            "sample": "write `remote: { sample: 5% }`",
            "checks": "write `remote:` or `restore_drill:`", "frequency": "write `remote: { schedule: \"H 5 * * 6\" }`",
            "read_data_subset": "write `remote: { sample: 5% }`", "drill": "write `restore_drill:`",
        ])

    static let samples = ObjectShape(keys: [
        .init(
            "samples", .value(.sample), "How many: a number, a share like `5%`, or `off`.", absent: "1"),
        .init(
            "when", .value(.word(VerificationSpecification.Occasion.allCases.map { $0.rawValue })),
            "`changed` checks after runs that stored or deleted something, `always` after every run.",
            absent: "`changed`"),
    ])

    private static let subordinate = Shape.oneOf(value: .cron, list: nil, object: subordinateSchedule)

    static let remoteVerification = ObjectShape(
        keys: [
            .init(
                "schedule", subordinate, required: true, "When: a cron expression, or a mapping.",
                advice: "add `schedule: \"H 5 * * 6\"`"),
            .init(
                "sample", .value(.sample),
                "How much is read each time: a number of sets, a share like `5%`, or `off` for the listing alone.",
                absent: "what `full_cycle` needs, else 5%"),
            .init("full_cycle", .value(.duration), "The time in which every volume has its turn.", absent: "none"),
        ], foreign: ["cron": "write `schedule: \"H 5 * * 6\"`", "samples": "write `sample: 5%`"])

    static let restoreDrill = ObjectShape(
        keys: [
            .init(
                "schedule", subordinate, required: true, "When: a cron expression, or a mapping.",
                advice: "add `schedule: \"H 4 * * 0\"`"),
            .init("select", .object(drillSelection), "What is restored.", absent: "25 files by chance"),
            .init(
                "compare", .value(.word(DrillSpecification.Comparison.allCases.map { $0.rawValue })),
                "What the files are compared with: the hashes of the `manifest`, or the `source` where it has not changed.",
                absent: "`manifest`"),
            .init(
                "target", .value(.path),
                "The folder to restore to, which is emptied afterwards; a relative path starts at this file.",
                absent: "a temporary one"),
            .init("max_duration", .value(.duration), "How long it may take; longer is a failure.", absent: "`slo.rto`"),
            .init("checks", .list(of: .object(drillCheck), minimum: 1), "What else must hold of what was restored."),
        ], foreign: ["cron": "write `schedule: \"H 4 * * 0\"`", "files": "write `select: { random_files: 25 }`"])

    static let drillSelection = ObjectShape(keys: [
        .init("sources", .list(of: .value(.absolutePath), minimum: 1), "Sources that are restored whole."),
        .init("paths", .list(of: .value(.absolutePath), minimum: 1), "Files and folders."),
        .init("random_files", .value(.integer(1...1_000_000)), "How many files by chance."),
        .init("random_size", .value(.size(1...Int64.max)), "How much those may be together.", absent: "no limit"),
    ])

    static let drillCheck = ObjectShape(
        keys: [
            .init(
                "command", .list(of: .value(.argument), minimum: 1),
                "A program and its arguments, run in the folder that was restored to."),
            .init("postgres_restore", .object(postgresRestore), "Reads dumps with `pg_restore`."),
            .init("sqlite_integrity", .object(sqliteIntegrity), "Checks a database of SQLite."),
        ], isExclusive: true,
        foreign: [
            "run": "write `command: [PROGRAM]`", "postgres": "write `postgres_restore: { path: /dump }`",
            "sqlite": "write `sqlite_integrity: { path: /data/app.db }`",
        ])

    static let postgresRestore = ObjectShape(keys: [
        .init(
            "path", .value(.absolutePath), required: true, "The path of the dump in the version.",
            advice: "add `path: /dump/app.pgdump`"),
        .init("list_only", .value(.boolean), "Whether its table of contents is enough.", absent: "`true`"),
        .init("tool", .value(.absolutePath), "The program.", absent: "`pg_restore`"),
    ])

    static let sqliteIntegrity = ObjectShape(keys: [
        .init(
            "path", .value(.absolutePath), required: true, "The path of the database in the version.",
            advice: "add `path: /data/app.db`")
    ])
}

extension ValueKind {
    /// How many volumes to check.
    static let sample = ValueKind(
        noun: "a number or a share", accepted: .words,
        form: ValueForm(words: ["off"], pattern: #"[0-9]+(\.[0-9]+)?%|[0-9]+"#, integers: 0...Int64.max)
    ) { text in
        guard VerificationSpecification.Amount(parsing: text) == nil else { return nil }
        return Problem(
            code: .badValue, message: "% is neither a number nor a share in",
            notes: ["expected a number of sets like 1, a share like 5%, or off"])
    }
}
