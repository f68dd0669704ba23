extension ConfigurationSchema {
    /// When stored data is rewritten.
    static let compact = ObjectShape(
        keys: [
            .init(
                "threshold", .value(.integer(1...100)),
                "The percentage of waste from which on a volume, and the store, is worth compacting.", absent: "25"),
            .init(
                "small_file_size", .value(.size(1...Int64.max)), "Up to that size a volume counts as small.",
                absent: "a fifth of `volume_size`"),
            .init(
                "small_file_max_count", .value(.integer(1...1_000_000)), "How many small volumes may stay.",
                absent: "20"),
            .init(
                "interval", .value(.duration), "The time that lies at least between two compactions after backups.",
                absent: "none"),
        ],
        foreign: [
            "small_file_count": "write `small_file_max_count: N`", "mode": "write `compact: auto` or `compact: off`",
            "auto": "write `compact: auto` or `compact: off`",
        ])

    static let compactKey = ObjectShape.Key(
        "compact",
        .oneOf(
            value: .word(["auto", "off"], advice: "write `compact: auto`, `compact: off`, or thresholds"), list: nil,
            object: compact),
        "Whether, and when, the room of deleted data is given back after a backup.", absent: "`auto`")
}
