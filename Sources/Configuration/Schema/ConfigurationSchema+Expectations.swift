extension ConfigurationSchema {
    /// What a source must be like before anything is deleted.
    static let expectation = ObjectShape(
        keys: [
            .init(
                "source", .value(.absolutePath), required: true, "The path of a source of the job.",
                advice: "add `source: /folder`"),
            .init("min_files", .value(.integer(1...Int64.max)), "How many files it has at least."),
            .init("min_size", .value(.size(1...Int64.max)), "How large all of it is at least."),
            .init("must_exist", .list(of: .value(.relativePath), minimum: 1), "Paths below it that must be there."),
            .init(
                "max_removed", .value(.percentage),
                "The share of files that may have gone since the last version: `20%`."),
            .init(
                "max_changed", .value(.percentage), "The share of files that may have changed since the last version."),
            .init(
                "violation", .value(.word(ExpectationSpecification.Violation.allCases.map { $0.rawValue })),
                "What follows when it is not so: `fail` the run, store the version in `quarantine` and delete none, or `warn`.",
                absent: "`fail`"),
        ], alternatives: [],
        foreign: [
            "path": "write `source: /folder`", "min_bytes": "write `min_size: 5MiB`", "files": "write `min_files: N`",
            "size": "write `min_size: 5MiB`", "paths": "write `must_exist: [PATH]`",
            "on_violation": "write `violation: fail`", "count_tolerance_percentage": "write `max_removed: 20%`",
        ])
}
