/// Every key of the configuration language, declared once.
enum ConfigurationSchema {
    static let root = ObjectShape(
        keys: [
            .init(
                "version", .value(.version), required: true, "The major version of the language: 1.",
                advice: "begin the file with `version: 1`"),
            .init(
                "instance", .value(.text), "The stable name of this installation in reports.", absent: "`dunnage`"),
            include,
            .init("runtime", .object(runtime), "How the program itself runs."),
            .init(
                "secrets",
                .named(
                    NamedShape(
                        noun: "secret", rule: Names.secretRule, isValid: Names.isSecretName, minimum: 0,
                        value: .object(secret), pattern: "[A-Za-z0-9][A-Za-z0-9_-]{0,62}")),
                "Where each secret comes from; values are never written here."),
            .init(
                "destinations", .named(named("destination", .object(destination))), required: true,
                "The places that versions are stored at.", advice: "add `destinations:` with a name and its `url`"),
            filterSets,
            .init("defaults", .object(defaults), "What every job starts from."),
            .init(
                "jobs", .named(named("job", .object(job))), required: true, "What is backed up, and how.",
                advice: "add `jobs:` with a name, `sources` and `destinations`"),
            .init("reports", .named(named("report", .object(report))), "Who is told about each run."),
            .init("policy", .list(of: .object(policy), minimum: 1), "What must hold for all of it."),
        ],
        foreign: [
            "services": "this looks like a compose file; give the path of the backup configuration",
            "repositories": "name the places under `destinations:`",
            "repos": "name the places under `destinations:`", "backends": "name the places under `destinations:`",
            "backups": "describe each backup under `jobs:`", "plans": "describe each backup under `jobs:`",
            "profiles": "describe each backup under `jobs:`", "locations": "describe each backup under `jobs:`",
            "source_directories": "describe each backup under `jobs:`, with its `sources`",
            "global": "write `runtime:` for the program, `defaults:` for what all jobs share",
            "default": "write `defaults:`", "anchors": "write `x-anchors:`; keys that begin with `x-` are yours",
            "constants": "write `x-constants:` with anchors, or `${VARIABLE}`",
            "notifications": "name receivers under `reports:`", "monitoring": "name receivers under `reports:`",
            "timezone": "write `runtime: { timezone: NAME }`", "log": "write `runtime: { log: … }`",
            "policies": "write `policy:` with a list of `- rule: NAME`",
            "schedule": "write `defaults: { schedule: … }`, or `schedule` in a job",
            "retention": "write `defaults: { retention: … }`, or `retention` in a job",
            "hooks": "write `hooks` in a job or in `defaults`", "commands": "write `hooks` in a job or in `defaults`",
        ])

    static let job = ObjectShape(
        keys: [
            extends,
            .init(
                "sources", .list(of: .object(source), minimum: 1), required: true, "What is backed up.",
                advice: "add `sources:` with a list of `- path: /folder`"),
        ] + common(isDefault: false), waiver: ("enabled", "false"), foreign: foreignJobKeys)

    static let defaults = ObjectShape(
        keys: common(isDefault: true), foreign: foreignJobKeys.merging(["sources": "sources belong to a job"]) { $1 })

    private static let foreignJobKeys = [
        "source": "write `sources:` with a list of `- path: /folder`",
        "exclude": "write `filters:` with a list of `- exclude: EXPRESSION`",
        "excludes": "write `filters:` with a list of `- exclude: EXPRESSION`",
        "include": "write `filters:` with a list of `- include: EXPRESSION`",
        "passphrase": "write `encryption: { passphrase: … }`",
        "password": "write `encryption: { passphrase: … }`",
        "keep": "write `retention: { keep_within: 30d }`, or `tiers:` for thinning out",
        "source_directories": "write `sources:` with a list of `- path: /folder`",
        "paths": "write `sources:` with a list of `- path: /folder`",
        "from": "write `sources:` with a list of `- path: /folder`", "to": "write `destinations: [NAME]`",
        "destination": "write `destinations: [NAME]`", "repositories": "write `destinations: [NAME]`",
        "repository": "write `destinations: [NAME]`", "repo": "write `destinations: [NAME]`",
        "exclude_patterns": "write `filters:` with a list of `- exclude: EXPRESSION`",
        "patterns": "write `filters:` with a list of `- include: EXPRESSION` and `- exclude: EXPRESSION`",
        "encryption_passphrase": "write `encryption: { passphrase: { secret: NAME } }`",
        "keep_daily": "write `retention: { tiers: [{ for: 7d, every: 1d }] }`",
        "keep_weekly": "write `retention: { tiers: [{ for: 4w, every: 1w }] }`",
        "keep_monthly": "write `retention: { tiers: [{ for: 12mo, every: 1mo }] }`",
        "keep_yearly": "write `retention: { tiers: [{ for: 5y, every: 1y }] }`",
        "keep_last": "write `retention: { keep_versions: N }`",
        "keep_within": "write `retention: { keep_within: 30d }`",
        "forget": "write `retention:`", "prune": "write `retention:` and `compact:`", "check": "write `verify:`",
        "checks": "write `verify:`", "cron": "write `schedule: \"30 2 * * *\"`",
        "schedules": "write `schedule:`", "every": "write `schedule: { every: 1d }`",
        "run_before": "write `hooks: { before: [{ command: [PROGRAM] }] }`",
        "run_after": "write `hooks: { after: [{ command: [PROGRAM] }] }`",
        "run_finally": "write `hooks: { finally: [{ command: [PROGRAM] }] }`",
        "run_after_fail": "write `hooks: { on_failure: [{ command: [PROGRAM] }] }`",
        "before_backup": "write `hooks: { before: [{ command: [PROGRAM] }] }`",
        "after_backup": "write `hooks: { after: [{ command: [PROGRAM] }] }`, or `verify: { after_backup: 1 }`",
        "commands": "write `hooks:`", "depends_on": "write `schedule: { after: { job: NAME } }`",
        "needs": "write `schedule: { after: { job: NAME } }`", "after": "write `schedule: { after: { job: NAME } }`",
        "disabled": "write `enabled: false`", "active": "write `enabled: true`", "notify": "write `reports: [NAME]`",
        "on_error": "write `reports: [NAME]`, or `hooks: { on_failure: […] }`", "title": "write `description:`",
        "rpo": "write `slo: { rpo: 26h }`", "timeout": "write `schedule: { timeout: 6h }`",
        "jitter": "write `schedule: { jitter: 20min }`", "retries": "write `retry: { attempts: N }`",
        "bandwidth": "write `limits: { upload: 20MiB/s }`", "throttle_upload": "write `limits: { upload: 20MiB/s }`",
        "block_size": "write `options: { block_size: … }`",
        "volume_size": "write `options: { volume_size: … }`",
        "compression": "write `options: { compression: … }`",
    ].merging(foreignSelectionKeys) { own, _ in own }

    /// The keys that stand in a job and in `defaults`; nothing is required in the latter.
    private static func common(isDefault: Bool) -> [ObjectShape.Key] {
        [
            .init("description", .value(.text), "What it is for, in words."),
            .init(
                "labels", .named(labels), "Names and values of your own, which go into reports."),
            .init(
                "enabled", .value(.boolean),
                "Whether it runs without being named; with `false` it may also be a template that lacks keys.",
                absent: "`true`"),
            .init(
                "filters", .list(of: .object(filter), minimum: 0),
                "What is left out or kept in; the first expression that matches a path decides.",
                absent: "everything is backed up"),
            .init("selection", .object(selection), "What else is left out, and how links are taken."),
            .init(
                "encryption",
                .oneOf(
                    value: .word(["none"], advice: "write `encryption: { passphrase: { secret: NAME } }` to encrypt"),
                    list: nil, object: encryption), required: !isDefault,
                "How the data is encrypted; `none` stores it in the clear.",
                advice:
                    "add `encryption: { passphrase: { secret: NAME } }`, or `encryption: none` to store in the clear"),
            .init(
                "destinations",
                .list(
                    of: .oneOf(value: .name(of: .destination), list: nil, object: destinationUse), minimum: 1),
                required: !isDefault,
                "The names of the destinations, or mappings with `ref`; each gets the same version.",
                advice: "add `destinations: [NAME]`"),
            .init("retention", .object(retention), "Which versions are kept.", absent: "all versions"),
            compactKey,
            .init(
                "schedule", .oneOf(value: .cronOrManual, list: nil, object: schedule),
                "When it runs: a cron expression, `manual`, or a mapping.", absent: "`manual`"),
            .init(
                "expect", .list(of: .object(expectation), minimum: 0),
                "What sources must be like, or no version is deleted.", absent: "nothing"),
            .init("hooks", .object(hooks), "What is done around its backups."),
            .init("retry", .object(retry), "How often, and with which pauses, a run that failed is tried again."),
            .init(
                "limits", .object(limits),
                "What its runs may take of the machine and its network, whatever their destinations may."),
            .init(
                "slo", .object(objectives), "What is expected of its versions; [policies](policies.md) look at it."),
            .init("verify", .object(verification), "What is checked after a backup."),
            .init(
                "reports", .list(of: .value(.name(of: .report)), minimum: 0), "The names of the reports to send.",
                absent: "none"),
            .init("options", .object(options), "How the data is stored."),
        ]
    }

    static let filter = ObjectShape(
        keys: [
            .init("include", .value(.filter), "Backs up what matches."),
            .init("exclude", .value(.filter), "Leaves out what matches, and everything below it."),
            use,
        ], isExclusive: true,
        foreign: [
            "exclude_if_present": "write `selection: { exclude_if_present: [NAME] }` in the job",
            "exclude_larger_than": "write `selection: { exclude_larger_than: SIZE }` in the job",
            "exclude_regex": "write `exclude: \"[EXPRESSION]\"`", "include_regex": "write `include: \"[EXPRESSION]\"`",
        ])

    static let encryption = ObjectShape(keys: [
        .init(
            "passphrase", .oneOf(value: .credential, list: nil, object: credential), required: true,
            "The passphrase, as a reference to a secret.", advice: "add `passphrase: { secret: NAME }`")
    ])

    static let options = ObjectShape(
        keys: [
            .init(
                "block_size", .value(.size(1024...Int64(Int32.max))),
                "The size of blocks, 1 KiB to 2 GiB; fixed for the life of a store.", absent: "1 MiB"),
            .init(
                "volume_size", .value(.size(1 << 20...Int64.max)),
                "The size that volumes are closed at, 1 MiB or more.",
                absent: "50 MiB"),
            .init(
                "compression", .value(.compression),
                "`none` (0), `fast` (1), `balanced` (6), `best` (12), or a number of 0 to 12.", absent: "2"),
        ],
        foreign: ["blocksize": "write `block_size`", "dblock_size": "write `volume_size`"])

    static let labels = NamedShape(
        noun: "label", rule: "a label's name has letters, digits, `-`, `_` and `.`",
        isValid: { Names.isName($0.lowercased()) }, minimum: 0, value: .value(.label),
        pattern: "[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

    private static func named(_ noun: String, _ value: Shape) -> NamedShape {
        NamedShape(
            noun: noun, rule: Names.rule, isValid: Names.isName, minimum: 1, value: value,
            pattern: "[a-z0-9][a-z0-9._-]{0,62}")
    }
}
