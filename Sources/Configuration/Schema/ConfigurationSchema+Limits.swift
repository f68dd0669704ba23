/// What jobs and destinations may take, how often they try, and what is expected of them.
extension ConfigurationSchema {
    private static let rates: [ObjectShape.Key] = [
        .init("upload", .value(.rate), "What uploads may take: `20MiB/s`, or `unlimited`.", absent: "no limit"),
        .init("download", .value(.rate), "What downloads may take.", absent: "no limit"),
    ]

    private static let foreignRates = [
        "limit_upload": "write `upload: 20MiB/s`, with its unit",
        "limit_download": "write `download: 20MiB/s`, with its unit",
        "throttle_upload": "write `upload: 20MiB/s`", "throttle_download": "write `download: 20MiB/s`",
        "upload_rate_limit": "write `upload: 20MiB/s`, with its unit",
    ]

    /// A destination's: transfers have no processor, disk or memory of their own.
    static let transferLimits = ObjectShape(
        keys: rates + [
            .init(
                "parallel_uploads", .value(.integer(1...64)), "How many objects are sent at the same time.",
                absent: "by the destination")
        ],
        name: "transfer_limits",
        foreign: foreignRates.merging([
            "cpu": "it is a job's: write `limits: { cpu: low }` in the job or in `defaults`",
            "io": "it is a job's: write `limits: { io: idle }` in the job or in `defaults`",
            "memory": "it is a job's: write `limits: { memory: 256MiB }` in the job or in `defaults`",
        ]) { own, _ in own })

    /// A job's.
    static let limits = ObjectShape(
        keys: rates + [
            .init(
                "parallel_uploads", .value(.integer(1...64)),
                "How many objects are sent at the same time, to all of its destinations together.",
                absent: "what the destinations may"),
            .init(
                "cpu", .value(.word(ResourceLimits.CPU.allCases.map { $0.rawValue })),
                "How the processor is shared: `low` goes after everything else.", absent: "`normal`"),
            .init(
                "io", .value(.word(ResourceLimits.IO.allCases.map { $0.rawValue })),
                "How the disks are shared: `idle`, `low` or `normal`.", absent: "`normal`"),
            .init(
                "memory", .value(.size(96 << 20...Int64.max)),
                "How much [memory](performance.md#memory) a run may take: 96 MiB or more, by blocks and volumes.",
                absent: "no limit"),
        ],
        name: "limits",
        foreign: foreignRates.merging([
            "nice": "write `cpu: low`", "ionice": "write `io: idle`", "ionice_class": "write `io: idle`",
            "priority": "write `cpu: low`",
        ]) { own, _ in own })

    static let retry = ObjectShape(
        keys: [
            .init(
                "attempts", .value(.integer(1...1000)), "How often something is tried, the first time included.",
                absent: "by what is tried"),
            .init(
                "backoff", .value(.word(RetrySpecification.Backoff.allCases.map { $0.rawValue })),
                "How the pauses grow: `none`, `linear` or `exponential`.", absent: "they double"),
            .init("initial", .value(.duration), "The first pause.", absent: "by what is tried"),
            .init("max", .value(.duration), "The longest pause.", absent: "by what is tried"),
        ],
        name: "retry",
        foreign: [
            "retries": "write `attempts: N`, which counts the first one too", "count": "write `attempts: N`",
            "retry_wait": "write `initial: 10s`", "delay": "write `initial: 10s`",
            "number_of_retries": "write `attempts: N`", "retry_delay": "write `initial: 10s`",
        ])

    static let objectives = ObjectShape(
        keys: [
            .init("rpo", .value(.duration), "How old the newest good version at each destination may become."),
            .init("rto", .value(.duration), "How long a restore may take.", pending: true),
            .init(
                "verified_within", .value(.duration),
                "How long ago the last check of `verify.remote` that found nothing wrong may be; without one, the last "
                    + "time that objects were read back."),
        ],
        foreign: ["max_age": "write `rpo: 26h`"])
}
