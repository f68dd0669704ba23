extension DiagnosticCode {
    /// What templates, filter sets, includes, variables and flags may get wrong.
    static let severalFilesExplanations: [DiagnosticCode: Explanation] = [
        .undefinedJob: Explanation(
            "A job is not defined.",
            "`extends`, and `after` in a schedule, name jobs of the same configuration, as they stand under `jobs`.",
            wrong: """
                jobs:
                  photos:
                    extends: base
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """,
            right: """
                jobs:
                  base: { enabled: false, encryption: none, destinations: [disk] }
                  photos:
                    extends: base
                    sources: [{ path: /srv/photos }]
                """),
        .undefinedFilterSet: Explanation(
            "A set of filters is not defined.",
            "`- use: NAME` puts a list of `filter_sets` in its place; the name must be one of them.",
            wrong: """
                defaults:
                  filters: [{ use: caches }]
                """,
            right: """
                filter_sets:
                  caches: [{ exclude: "*/.cache/" }]
                defaults:
                  filters: [{ use: caches }]
                """),
        .circular: Explanation(
            "Jobs wait for each other, or extend each other, in a circle.",
            "Following `extends`, or `after` in schedules, from job to job must come to an end.",
            wrong: """
                jobs:
                  photos:
                    extends: photos
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """),
        .badInclude: Explanation(
            "An `include` leads nowhere, in a circle, or too deep.",
            """
            A path or pattern starts at the folder of the file that it stands in. Each file is read once, and includes may \
            be eight deep.
            """,
            wrong: "include: [/nonexistent/conf.d/*.yaml]", right: "include: []"),
        .definedTwice: Explanation(
            "Something is defined in two files.",
            """
            Files add to each other: a job, a destination or a secret stands in one of them only, and so does every \
            single value. What differs from machine to machine is better set by a variable or by `--set`.
            """),
        .badOverride: Explanation(
            "A variable or `--set` does not say what it sets, or sets what cannot be set.",
            """
            `--set jobs.photos.options.compression=fast` and the variable \
            `DUNNAGE__JOBS__PHOTOS__OPTIONS__COMPRESSION=fast` name a key of the language. An item of a list cannot be \
            set alone.
            """),
        .variableTwice: Explanation(
            "A variable and its `_FILE` counterpart are both set.",
            """
            `NAME_FILE` names the file that holds the value of `NAME`, as in Docker's official images. With both set \
            nobody can tell which one is meant.
            """),
        .variableFile: Explanation(
            "The file that a `_FILE` variable names cannot be used.",
            "It must exist, be readable for the account that the program runs as, be UTF-8, and not be too large."),
        .unusedFilterSet: Explanation(
            "A set of filters is not used.", "No job has it in its filters; that is probably a slip.",
            wrong: """
                filter_sets:
                  caches: [{ exclude: "*/.cache/" }]
                """,
            right: """
                filter_sets:
                  caches: [{ exclude: "*/.cache/" }]
                defaults:
                  filters: [{ use: caches }]
                """),
        .emptyInclude: Explanation(
            "No file matches the pattern of an `include`.",
            "A folder that may be empty is no mistake; a path with a slip in it is.",
            wrong: "include: [/etc/*.no-such-ending]", right: "include: []"),
    ]
}
