/// The places that versions are stored at: `destinations`, and how a job uses them.
extension ConfigurationSchema {
    static let destination = ObjectShape(
        keys: [
            .init(
                "url", .oneOf(value: .destinationURL, list: nil, object: credential), required: true,
                "Where it is, as `scheme://host/path` or a path; `{job}` becomes the job's name, and `{shard}` the part of "
                    + "a [divided job](kubernetes.md#one-source-several-machines).",
                advice: "add `url: file:///path/{job}`"),
            .init(
                "options",
                .named(
                    NamedShape(
                        noun: "option", rule: "an option's name has no spaces",
                        isValid: { !$0.isEmpty && !$0.contains(" ") },
                        minimum: 0, value: .oneOf(value: .option, list: nil, object: credential), pattern: #"[^ ]+"#)),
                "What the destination needs beyond its URL; the names are the destination's own."),
            .init(
                "auth",
                .named(
                    NamedShape(
                        noun: "credential", rule: "a credential's name has lower-case letters, digits and `_`",
                        isValid: { Names.isKey($0) }, minimum: 1,
                        value: .oneOf(value: .credentialOrName, list: nil, object: credential),
                        pattern: #"[a-z][a-z0-9_]*"#)),
                "Who logs in, and with what; the names are the destination's own, such as `username` and `password`."),
            .init(
                "immutability", .object(immutability),
                "For how long the destination keeps objects from being deleted or overwritten.", absent: "not at all"),
            .init(
                "storage_class", .oneOf(value: .storageClass, list: nil, object: storageClass),
                "In which of the destination's classes objects are stored.", absent: "the destination's own"),
            .init(
                "volume_size", .value(.size(1 << 20...Int64.max)),
                "The size that volumes are closed at here, instead of a job's `options.volume_size`.",
                absent: "the job's"),
            .init(
                "quota", .value(.size(1...Int64.max)),
                "The room that a store there may take; beyond it nothing more is backed up, from nine tenths on is a "
                    + "warning.", absent: "no limit"),
            .init(
                "off_site", .value(.boolean), "Whether it is elsewhere, for [policies](policies.md).",
                absent: "`false` for folders, private addresses and names such as `nas.lan`, else `true`"),
            .init(
                "concurrent_jobs", .value(.integer(1...64)), "How many jobs of a service may use it at the same time.",
                absent: "no limit"),
            .init("limits", .object(transferLimits), "What transfers to and from it may take."),
            .init("retry", .object(retry), "How often, and with which pauses, a call is repeated."),
        ],
        foreign: [
            "path": "write `url: file:///path`", "type": "the scheme of `url` says the type",
            "repository": "write `url:`; where versions are stored is the destination",
            "backend": "the scheme of `url` says the type", "label": "the destination's name is its key",
            "password":
                "write `auth: { password: { secret: NAME } }`; the passphrase of the data is a job's `encryption`",
            "username": "write `auth: { username: NAME }`", "user": "write `auth: { username: NAME }`",
            "access_key": "write `auth: { access_key_id: …, secret_access_key: { secret: NAME } }`",
            "bucket": "name it in the url: `s3://BUCKET/PATH`", "endpoint": "write `options: { endpoint: … }`",
            "region": "write `options: { region: … }`", "encryption": "encryption belongs to a job or to `defaults`",
            "passphrase": "encryption belongs to a job or to `defaults`: `encryption: { passphrase: … }`",
            "retention": "write `retention` in a job, or beside `ref` in its `destinations`",
            "object_lock": "write `immutability: { mode: governance, for: 30d }`",
            "append_only": "write `immutability: { mode: governance, for: 30d }`",
            "env": "write `options:` or `auth:`", "environment": "write `options:` or `auth:`",
        ])

    static let immutability = ObjectShape(keys: [
        .init(
            "mode", .value(.word(Immutability.Mode.allCases.map { $0.rawValue })), required: true,
            "`governance` can be lifted by who has the right to, `compliance` by nobody.",
            advice: "add `mode: governance`"),
        .init(
            "for", .value(.duration), required: true, "For how long an object is locked.", advice: "add `for: 30d`"),
    ])

    static let storageClass = ObjectShape(keys: [
        .init(
            "data", .value(.storageClass), required: true, "The class of data volumes.",
            advice: "add `data: STANDARD_IA`"),
        .init(
            "metadata", .value(.storageClass), "The class of filelists and indexes, which every restore reads.",
            absent: "the destination's own"),
    ])

    /// A job's use of a destination.
    static let destinationUse = ObjectShape(
        keys: [
            .init(
                "ref", .value(.name(of: .destination)), required: true, "The name of the destination.",
                advice: "add `ref: NAME`"),
            .init(
                "retention", .object(retention),
                "Which versions are kept there; laid over the job's `retention`, key by key.", absent: "the job's"),
            .init(
                "optional", .value(.boolean), "Whether a failure there is a warning for the job.", absent: "`false`"),
            .init("limits", .object(transferLimits), "What transfers may take; laid over the destination's."),
            .init("retry", .object(retry), "How often a call is repeated; laid over the destination's."),
        ],
        foreign: [
            "name": "write `ref: NAME`", "destination": "write `ref: NAME`", "repo": "write `ref: NAME`",
            "url": "define the place under `destinations:` and name it: `ref: NAME`",
            "path": "define the place under `destinations:` and name it: `ref: NAME`",
            "label": "write `ref: NAME`", "keep_daily": "write `retention: { tiers: [{ for: 7d, every: 1d }] }`",
            "keep_last": "write `retention: { keep_versions: N }`",
            "keep_within": "write `retention: { keep_within: 30d }`",
            "tiers": "write `retention: { tiers: … }`", "required": "write `optional: false`",
        ])
}
