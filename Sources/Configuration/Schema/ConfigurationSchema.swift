/// Every key of the configuration language, declared once.
enum ConfigurationSchema {
    static let root = ObjectShape(
        keys: [
            .init(
                "version", .value(.version), required: true, "The major version of the language: 1.",
                advice: "begin the file with `version: 1`"),
            .init(
                "instance", .value(.text), "The stable name of this installation in reports.", absent: "`dunnage`"),
            .init("runtime", .object(runtime), "How the program itself runs."),
            .init(
                "secrets",
                .named(
                    NamedShape(
                        noun: "secret", rule: Names.secretRule, isValid: Names.isSecretName, minimum: 0,
                        value: .object(secret))),
                "Where each secret comes from; values are never written here."),
            .init(
                "destinations", .named(named("destination", .object(destination))), required: true,
                "The places that versions are stored at.", advice: "add `destinations:` with a name and its `url`"),
            .init("defaults", .object(defaults), "What every job starts from."),
            .init(
                "jobs", .named(named("job", .object(job))), required: true, "What is backed up, and how.",
                advice: "add `jobs:` with a name, `sources` and `destinations`"),
            .init("reports", .named(named("report", .object(report))), "Who is told about each run."),
        ],
        foreign: [
            "services": "this looks like a compose file; give the path of the backup configuration",
            "repositories": "name the places under `destinations:`",
            "backups": "describe each backup under `jobs:`",
        ])

    static let runtime = ObjectShape(keys: [
        .init(
            "state_dir", .value(.path), "The folder for the local catalogs; a relative path starts at this file.",
            absent: "[see above](#the-state-folder)"),
        .init(
            "stateless", .value(.boolean),
            "Whether nothing is kept on this machine: the catalog comes from the destination.", absent: "`false`"),
        .init(
            "shutdown_grace", .value(.duration),
            "How long a backup that is asked to stop may take to finish what it has begun.", absent: "`20s`"),
        .init("timezone", .value(.timezone), "The time zone in what people read.", absent: "the system's"),
        .init("log", .object(log), "What is logged, and how it looks."),
    ])

    static let log = ObjectShape(keys: [
        .init(
            "format", .value(.word(RuntimeSettings.LogFormat.allCases.map { $0.rawValue })),
            "`text` for people, `json` for one object a line.", absent: "`text`"),
        .init(
            "level", .value(.word(RuntimeSettings.LogLevel.allCases.map { $0.rawValue })),
            "How much is logged: `trace`, `debug`, `info`, `warn` or `error`.", absent: "`info`; `warn` on a terminal"),
    ])

    static let destination = ObjectShape(
        keys: [
            .init(
                "url", .oneOf(value: .destinationURL, list: nil, object: credential), required: true,
                "Where it is, as `scheme://host/path` or a path; `{job}` becomes the job's name.",
                advice: "add `url: file:///path/{job}`"),
            .init(
                "options",
                .named(
                    NamedShape(
                        noun: "option", rule: "an option's name has no spaces",
                        isValid: { !$0.isEmpty && !$0.contains(" ") },
                        minimum: 0, value: .oneOf(value: .option, list: nil, object: credential))),
                "What the destination needs beyond its URL; the names are the destination's own."),
        ], foreign: ["path": "write `url: file:///path`", "type": "the scheme of `url` says the type"])

    static let job = ObjectShape(
        keys: [
            .init(
                "sources", .list(of: .object(source), minimum: 1), required: true, "What is backed up.",
                advice: "add `sources:` with a list of `- path: /folder`")
        ] + common(isDefault: false), foreign: foreignJobKeys)

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
        "block_size": "write `options: { block_size: … }`",
        "volume_size": "write `options: { volume_size: … }`",
        "compression": "write `options: { compression: … }`",
    ].merging(foreignSelectionKeys) { own, _ in own }

    /// The keys that stand in a job and in `defaults`; nothing is required in the latter.
    private static func common(isDefault: Bool) -> [ObjectShape.Key] {
        [
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
                "destinations", .list(of: .value(.name(of: .destination)), minimum: 1), required: !isDefault,
                "The names of the destinations; each gets the same version.",
                advice: "add `destinations: [NAME]`"),
            .init("retention", .object(retention), "Which versions are kept.", absent: "all versions"),
            compactKey,
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

    static let report = ObjectShape(keys: [
        .init(
            "webhook", .object(webhook), required: true, "An HTTP endpoint that takes our JSON report.",
            advice: "add `webhook: { url: https://… }`")
    ])

    static let webhook = ObjectShape(keys: [
        .init(
            "url", .oneOf(value: .webURL, list: nil, object: credential), required: true,
            "Where the report is posted; `{job}` becomes the job's name.",
            advice: "add `url: https://…`"),
        .init(
            "sign", .oneOf(value: .credential, list: nil, object: credential),
            "The key that signs it, `whsec_…` as Standard Webhooks has it.", absent: "not signed"),
    ])

    private static func named(_ noun: String, _ value: Shape) -> NamedShape {
        NamedShape(noun: noun, rule: Names.rule, isValid: Names.isName, minimum: 1, value: value)
    }
}
