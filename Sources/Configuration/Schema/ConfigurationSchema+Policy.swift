/// What must hold for the configuration as a whole: `policy`.
extension ConfigurationSchema {
    static let policy = ObjectShape(
        keys: [
            .init(
                "rule",
                .value(
                    .word(
                        PolicySpecification.Kind.allCases.map { $0.rawValue },
                        foreign: [
                            "rpo_at_most": "write `rpo`", "encryption": "write `encryption_required`",
                            "off_site": "write `offsite`", "immutable": "write `immutability_at_least`",
                            "copies": "write `min_copies`",
                        ])), required: true, "What must hold: see [policies](policies.md).",
                advice: "add `rule: encryption_required`"),
            .init(
                "count", .value(.integer(1...100)), "How many destinations: for `min_copies` and `offsite`.",
                absent: "1 for `offsite`", advice: "add `count: 2`"),
            .init(
                "for", .value(.duration), "How long: for `immutability_at_least`, `verified_within` and `rpo`.",
                advice: "add `for: 30d`"),
            .init(
                "jobs", .list(of: .value(.name(of: .job)), minimum: 1), "The jobs that it is about.",
                absent: "all that are enabled"),
            .init(
                "except", .list(of: .value(.name(of: .job)), minimum: 1), "The jobs that it is not about.",
                absent: "none"),
        ],
        alternatives: ["jobs", "except"],
        variants: .init(
            key: "rule",
            values: [
                "encryption_required": ([], []), "min_copies": (["count"], []), "offsite": ([], ["count"]),
                "immutability_at_least": (["for"], []), "verified_within": (["for"], []), "rpo": (["for"], []),
                "no_literal_secrets": ([], []),
            ]),
        foreign: [
            "name": "write `rule: NAME`", "days": "write `for: 30d`",
            "copies": "write `rule: min_copies` and `count: 2`", "at_most": "write `for: 26h`",
            "within": "write `for: 30d`", "job": "write `jobs: [NAME]`", "exclude": "write `except: [NAME]`",
        ])
}
