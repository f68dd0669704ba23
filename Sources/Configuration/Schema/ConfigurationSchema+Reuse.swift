/// What is written once and used in several places: `include`, `extends`, `filter_sets`.
extension ConfigurationSchema {
    static let include = ObjectShape.Key(
        "include", .list(of: .value(.path), minimum: 0),
        "More files, whose named entries are added; paths and patterns like `conf.d/*.yaml` start at this file.",
        absent: "none")

    static let filterSets = ObjectShape.Key(
        "filter_sets",
        .named(
            NamedShape(
                noun: "filter set", rule: Names.rule, isValid: Names.isName, minimum: 0,
                value: .list(of: .object(filterOfSet), minimum: 0), pattern: "[a-z0-9][a-z0-9._-]{0,62}")),
        "Lists of filters, for `- use: NAME` in the filters of jobs.")

    /// A filter of a set, which cannot be made of other sets.
    static let filterOfSet = ObjectShape(
        keys: filter.keys.filter { $0.name != use.name }, isExclusive: true,
        foreign: filter.foreign.merging(["use": "a set cannot use another set; name both in the job"]) { $1 })

    static let extends = ObjectShape.Key(
        "extends", .value(.name(of: .job)),
        "The job that is laid under this one, above `defaults`; all of it but `extends` counts.",
        absent: "`defaults` alone")

    static let use = ObjectShape.Key(
        "use", .value(.name(of: .filterSet)), "Puts the filters of a set in this place.")
}
