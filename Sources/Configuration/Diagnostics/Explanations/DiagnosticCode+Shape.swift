extension DiagnosticCode {
    /// E01x: shape.
    static let shapeExplanations: [DiagnosticCode: Explanation] = [
        .unknownKey: Explanation(
            "A key is not known.",
            """
            A key that is not known at its place is an error, never ignored: a misspelt `retention` would keep \
            everything, or nothing. The message names the key that was probably meant, or those that are known. Keys \
            are written in `snake_case`. Keys that begin with `x-` are yours, wherever they stand.
            """,
            wrong: """
                defaults:
                  retention:
                    keepWithin: 30d
                """,
            right: """
                defaults:
                  retention:
                    keep_within: 30d
                """),
        .missingKey: Explanation(
            "A required key is missing.",
            """
            The message says where it belongs. A job's key may also come from `defaults`. What must be there is there \
            for a reason: `encryption: none`, for example, has to be written, so that nobody stores in the clear by \
            forgetting a line.
            """,
            wrong: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    destinations: [disk]
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """),
        .notAllowed: Explanation(
            "A value is not one of those allowed.",
            """
            The key takes one of a few words, which the note lists. Words are written in lower case; booleans are `true` \
            and `false`.
            """,
            wrong: """
                runtime:
                  log: { level: warning }
                """,
            right: """
                runtime:
                  log: { level: warn }
                """),
        .wrongType: Explanation(
            "A text, number, list or mapping stands where another is expected.",
            """
            `- ` begins the item of a list, `key: ` an entry of a mapping. A number or boolean where a text is expected \
            needs quotes. A key with nothing after its colon is empty, which is no value of any type; the lines that \
            should belong to it may not be indented far enough.
            """,
            wrong: """
                jobs:
                  photos:
                    sources: /srv/photos
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
        .empty: Explanation(
            "A list or mapping must not be empty.",
            """
            A job without sources or without destinations would do nothing, a file without jobs too. An empty list \
            does have a meaning where it replaces one of `defaults`: `filters: []` and `reports: []`.
            """,
            wrong: """
                jobs:
                  photos:
                    sources: []
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
        .conflictingKeys: Explanation(
            "Two keys exclude each other.",
            """
            They say the same in two ways, or of two things one has to be chosen. The note lists the keys of which one \
            may stand there.
            """,
            wrong: """
                defaults:
                  filters:
                    - include: "*.jpg"
                      exclude: "*.tmp"
                """,
            right: """
                defaults:
                  filters:
                    - include: "*.jpg"
                    - exclude: "*.tmp"
                """),
    ]
}
