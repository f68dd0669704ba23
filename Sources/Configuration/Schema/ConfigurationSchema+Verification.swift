extension ConfigurationSchema {
    static let verification = ObjectShape(
        keys: [
            .init(
                "after_backup", .oneOf(value: .sample, list: nil, object: samples),
                "How many sets of a filelist, an index and a data volume are read back and checked: a number, "
                    + "a share like `5%`, or `off`.", absent: "1")
        ],
        foreign: ["samples": "write `after_backup: 1`", "remote": "run `dunnage verify JOB --sample 5%` on a schedule"])

    static let samples = ObjectShape(keys: [
        .init(
            "samples", .value(.sample), "How many: a number, a share like `5%`, or `off`.", absent: "1"),
        .init(
            "when", .value(.word(VerificationSpecification.Occasion.allCases.map { $0.rawValue })),
            "`changed` checks after runs that stored or deleted something, `always` after every run.",
            absent: "`changed`"),
    ])
}

extension ValueKind {
    /// How many volumes to check.
    static let sample = ValueKind(noun: "a number or a share", accepted: .words) { text in
        guard VerificationSpecification.Amount(parsing: text) == nil else { return nil }
        return Problem(
            code: .badValue, message: "% is neither a number nor a share in",
            notes: ["expected a number of sets like 1, a share like 5%, or off"])
    }
}
