extension ConfigurationSchema {
    /// Which versions are kept.
    static let retention = ObjectShape(
        keys: [
            .init(
                "tiers", .oneOf(value: .tiers, list: .list(of: .object(tier), minimum: 1), object: nil),
                "Up to an age, one version an interval: a list, or a text like `7d:1d, 4w:1w, 12mo:1mo`."),
            .init(
                "policy", .value(.duplicatiPolicy),
                "The tiers in Duplicati's notation, as its `--retention-policy`: `1W:1D,4W:1W,12M:1M`."),
            .init(
                "keep_versions", .value(.integer(1...Int64.max)), "Keeps that many of the newest complete versions."),
            .init("keep_within", .value(.duration), "Keeps every version that is younger."),
            .init(
                "min_versions", .value(.integer(1...Int64.max)), "Never leaves fewer complete versions than that.",
                absent: "1"),
            .init(
                "max_delete", .value(.integer(1...Int64.max)), "Refuses to delete more versions in one run.",
                absent: "10, or half of all versions"),
        ], alternatives: ["tiers", "policy"],
        foreign: [
            "keep_daily": "write `tiers: [{ for: 7d, every: 1d }]`", "keep_last": "write `keep_versions: N`",
            "keep": "write `keep_within: 30d` or `keep_versions: N`", "days": "write `keep_within: 30d`",
        ])

    static let tier = ObjectShape(keys: [
        .init(
            "for", .value(.duration(or: Tiers.forever)), required: true,
            "The age that the tier reaches to, or `forever`.",
            advice: "write `{ for: 7d, every: 1d }`"),
        .init(
            "every", .value(.duration(or: Tiers.all)), required: true,
            "The distance between versions that stay, or `all`.",
            advice: "write `{ for: 7d, every: 1d }`"),
    ])
}
