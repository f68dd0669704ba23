/// How the program itself runs: `runtime`.
extension ConfigurationSchema {
    static let runtime = ObjectShape(
        keys: [
            .init(
                "state_dir", .value(.path), "The folder for the local catalogs; a relative path starts at this file.",
                absent: "[the usual one](configuration.md#the-state-folder)"),
            .init(
                "stateless", .value(.boolean),
                "Whether nothing is kept on this machine: the catalog comes from the destination.", absent: "`false`"),
            .init(
                "shutdown_grace", .value(.duration),
                "How long a backup that is asked to stop may take to finish what it has begun.", absent: "`20s`"),
            .init(
                "timezone", .value(.timezone), "The time zone of schedules, and of what people read.",
                absent: "the system's"),
            .init("log", .object(log), "What is logged, and how it looks."),
            .init(
                "listen",
                .oneOf(value: .listenAddress, list: .list(of: .value(.listenAddress), minimum: 1), object: nil),
                "Where the [service](service.md) answers: `ADDRESS:PORT`, `[ADDRESS]:PORT` or `:PORT`; one or a list.",
                absent: "at the socket in the state folder only"),
            .init("api", .object(api), "Who may ask the service, and for what."),
            .init("metrics", .object(metrics), "Where metrics are left for monitoring that asks no service."),
            .init("reload", .object(reload), "How a service takes over a changed configuration."),
            .init(
                "limits", .object(runtimeLimits), "What all jobs together may take of the machine and its network."),
        ],
        foreign: [
            "state": "write `state_dir: /state`", "tz": "write `timezone: Europe/Berlin`",
            "log_level": "write `log: { level: debug }`", "log_format": "write `log: { format: json }`",
            "stop_grace_period": "write `shutdown_grace: 90s`", "ports": "write `listen: 0.0.0.0:8080`",
            "port": "write `listen: :8080`", "bandwidth": "write `limits: { upload: 20MiB/s }`",
            "tokens": "write `api: { tokens: [{ name: NAME, token: { secret: NAME }, scope: read }] }`",
            "tls": "write `api: { tls: { certificate: FILE, key: FILE } }`", "http": "write `listen:` and `api:`",
        ])

    static let log = ObjectShape(keys: [
        .init(
            "format", .value(.word(RuntimeSettings.LogFormat.allCases.map { $0.rawValue })),
            "`text` for people, `json` for one object a line.", absent: "`text`"),
        .init(
            "level", .value(.word(RuntimeSettings.LogLevel.allCases.map { $0.rawValue })),
            "How much is logged: `trace`, `debug`, `info`, `warn` or `error`.", absent: "`info`; `warn` on a terminal"),
    ])

    static let metrics = ObjectShape(
        keys: [
            .init(
                "file", .value(.path),
                "A file in the text format of Prometheus, written after each run: below the folder of the node exporter's "
                    + "textfile collector, with the ending `.prom`."),
            .init("push_gateway", .value(.webURL), "The address of a push gateway, which gets them after each run."),
        ],
        foreign: [
            "textfile": "write `file: /var/lib/node_exporter/dunnage.prom`",
            "pushgateway": "write `push_gateway: https://…`", "url": "write `push_gateway: https://…`",
        ])

    static let reload = ObjectShape(
        keys: [
            .init("watch", .value(.boolean), "Whether a change of the files is noticed.", absent: "`true`"),
            .init(
                "debounce", .value(.duration), "How long the files must have been left alone before they are read.",
                absent: "`5s`"),
            .init(
                "approved", .list(of: .value(.planHash), minimum: 1),
                "The hashes of plans that somebody has approved: see [plan](plan.md#the-gate-of-a-service).",
                absent: "none"),
        ], foreign: ["approve": "write `approved: [sha256:…]`", "approvals": "write `approved: [sha256:…]`"])

    static let runtimeLimits = ObjectShape(
        keys: [
            .init("concurrent_jobs", .value(.integer(1...64)), "How many jobs run at the same time.", absent: "1"),
            .init(
                "upload", .value(.rate), "What all uploads of runs together may take: `20MiB/s`.", absent: "no limit"),
            .init(
                "download", .value(.rate), "What all downloads of runs together may take.", absent: "no limit"),
            .init(
                "blackout", .list(of: .object(blackout), minimum: 1),
                "Times with other rates; of several that fit, the first holds.", absent: "none"),
        ],
        foreign: [
            "max_concurrent": "write `concurrent_jobs: 2`", "concurrency": "write `concurrent_jobs: 2`",
            "throttle_upload": "write `upload: 20MiB/s`", "throttle_download": "write `download: 20MiB/s`",
            "limit_upload": "write `upload: 20MiB/s`, with its unit", "upload_rate_limit": "write `upload: 20MiB/s`",
            "parallel_uploads": "it is a destination's or a job's: write `limits: { parallel_uploads: 4 }` there",
            "cpu": "it is a job's: write `defaults: { limits: { cpu: low } }` for all jobs",
            "io": "it is a job's: write `defaults: { limits: { io: idle } }` for all jobs",
            "memory": "it is a job's: write `defaults: { limits: { memory: 256MiB } }` for all jobs",
        ])

    static let blackout = ObjectShape(keys: [
        .init("days", .list(of: .value(.weekday), minimum: 1), "The weekdays on which it begins.", absent: "all"),
        .init(
            "from", .value(.clockTime), required: true, "The time of the day at which it begins.",
            advice: "add `from: \"08:00\"`"),
        .init(
            "to", .value(.clockTime), required: true,
            "The time at which it ends; on the next day, when that is not after `from`.", advice: "add `to: \"18:00\"`"),
        .init(
            "upload", .value(.rate),
            "The rate of uploads in that time; without one, or with `0`, no schedule's run works.", absent: "no uploads"
        ),
        .init("download", .value(.rate), "The rate of downloads in that time.", absent: "that of other times"),
    ])
}
