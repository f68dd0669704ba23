extension DiagnosticCode {
    /// E00x: the file as YAML.
    static let fileExplanations: [DiagnosticCode: Explanation] = [
        .syntax: Explanation(
            "The text breaks YAML's grammar.",
            """
            The place that is shown is where the reader could not go on; the slip is often in the line above. The usual \
            ones are a tab in the indentation, a `: ` or ` #` inside a value without quotes, a quote or bracket that \
            is never closed, and keys of one mapping that do not stand in one column.
            """,
            wrong: "instance: backup: cellar", right: "instance: \"backup: cellar\""),
        .duplicateKey: Explanation(
            "A key stands twice in a mapping.",
            """
            Most readers of YAML take the last of the two without a word, and the first is lost. Here it is an error, \
            which names both places. Merge them, or remove one.
            """,
            wrong: """
                runtime:
                  timezone: UTC
                  timezone: Europe/Berlin
                """,
            right: """
                runtime:
                  timezone: Europe/Berlin
                """),
        .severalDocuments: Explanation(
            "The file holds more than one document.",
            """
            A line of three dashes begins a new document. A configuration is one document; a file may begin with such \
            a line, and that is all.
            """,
            wrong: """
                instance: cellar
                ---
                version: 1
                """,
            right: "instance: cellar"),
        .alias: Explanation(
            "An alias or a merge key does not fit.",
            """
            `*name` stands for the value that was marked with `&name` further up in the same file, and `<<: *name` \
            merges the keys of a mapping that was marked. An alias cannot come before its anchor, stand inside it, or \
            merge something that is no mapping. A text that begins with `*` needs quotes.
            """,
            wrong: """
                defaults:
                  filters: *junk
                """,
            right: """
                x-junk: &junk [{ exclude: "*.tmp" }]
                defaults:
                  filters: *junk
                """),
        .limit: Explanation(
            "The file is too big, too deep, or grows too much by its aliases.",
            """
            A file may have 4 MiB, 64 levels, keys of 1024 characters, and 100,000 values, with those that aliases \
            repeat counted each time. That is far more than a configuration needs, and keeps a file that was made to \
            grow (“billion laughs”) from using up the memory.
            """,
            wrong: """
                x-deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
                  ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
                """,
            right: "x-deep: [[[]]]"),
        .tag: Explanation(
            "A tag is not supported, or does not fit its value.",
            """
            The tags of YAML's core schema are known: `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq`, `!!map`. \
            Tags of other programs, such as `!secret`, `!include` or `!vault`, mean nothing here: secrets are references, \
            `{ secret: NAME }`. A text that begins with `!` needs quotes.
            """,
            wrong: "instance: !secret name", right: "instance: \"!secret name\""),
        .unreadable: Explanation(
            "The file cannot be read.",
            """
            It does not exist, is a folder, or this user may not read it. The message ends with what the system says. \
            Relative paths start at the folder in which the program was started.
            """),
        .encoding: Explanation(
            "The file is not UTF-8.",
            """
            Configurations are UTF-8, with or without a byte order mark. Editors on Windows may save as UTF-16 or in a \
            code page; have them save as UTF-8, or convert with `iconv -t UTF-8`. ASCII is UTF-8 as it is.
            """,
            wrong: .latin("instance: Büro"), right: "instance: Büro"),
    ]
}
