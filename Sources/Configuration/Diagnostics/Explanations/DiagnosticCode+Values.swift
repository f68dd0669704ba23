extension DiagnosticCode {
    /// E02x: values.
    static let valueExplanations: [DiagnosticCode: Explanation] = [
        .badValue: Explanation(
            "A value is out of range or otherwise not usable.",
            """
            The value has the right type but cannot be used: a number beyond its bounds, an empty text, a time zone \
            that cannot be one. The note says what is expected.
            """,
            wrong: """
                defaults:
                  retention: { keep_versions: 0 }
                """,
            right: """
                defaults:
                  retention: { keep_versions: 1 }
                """),
        .badDuration: Explanation(
            "A duration cannot be read.",
            """
            A duration is a number with a unit: `s`, `min`, `h`, `d`, `w`, `mo`, `y`, alone or one after the other \
            (`1d12h`). A lone `m` is refused, since it could be minutes or months; so are Duplicati's capital letters, \
            where `M` is months and `m` is minutes.
            """,
            wrong: """
                defaults:
                  retention: { keep_within: 6M }
                """,
            right: """
                defaults:
                  retention: { keep_within: 6mo }
                """),
        .badSize: Explanation(
            "A size cannot be read.",
            """
            A size is a number with `B`, `KiB`, `MiB`, `GiB`, `TiB`, which count in powers of 1024, or with `KB`, `MB`, \
            `GB`, `TB`, which count in powers of 1000. A plain number is bytes.
            """,
            wrong: """
                defaults:
                  selection: { exclude_larger_than: 20 gigs }
                """,
            right: """
                defaults:
                  selection: { exclude_larger_than: 20GiB }
                """),
        .badInterpolation: Explanation(
            "A `$` expression cannot be read.",
            """
            Values may hold `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+other}` and their forms without \
            the colon, as in a compose file, and `${secret:NAME}`. A variable without braces is refused, so that it is \
            not taken for a text by mistake. `$$` is a dollar sign.
            """,
            wrong: "instance: $NAME", right: "instance: ${NAME:-cellar}"),
        .badURL: Explanation(
            "A URL cannot be one.",
            """
            A destination's URL is `scheme://host/path`, or the path of a folder; a webhook's begins with `https://` or \
            `http://`. The only placeholders are `{job}`, the job's name, and for destinations `{shard}`, the part of a \
            divided job; other braces are written `%7B` and `%7D`, and a space is `%20`.
            """,
            wrong: """
                destinations:
                  disk: { url: "file:///mnt/backup/{hostname}" }
                """,
            right: """
                destinations:
                  disk: { url: "file:///mnt/backup/{job}" }
                """),
        .badFilter: Explanation(
            "A filter expression cannot be read.",
            """
            A filter is a path, a pattern with `*` and `?`, a regular expression between `[` and `]`, or a group of \
            well-known paths between `{` and `}`. Any of them that begins with a bracket needs quotes in YAML. A path \
            that itself begins with a bracket gets an `@` in front.
            """,
            wrong: """
                defaults:
                  filters:
                    - exclude: "[.*\\\\.tmp"
                """,
            right: """
                defaults:
                  filters:
                    - exclude: "[.*\\\\.tmp]"
                """),
        .badVersion: Explanation(
            "The version of the configuration language is not known.",
            """
            `version` is the major version of the language, not of the program. This program reads version 1. A later \
            one means keys that this program does not know, and it does not guess.
            """,
            wrong: "version: 2", right: "version: 1"),
        .badName: Explanation(
            "A name has characters that names may not have.",
            """
            Names of jobs, destinations and reports become parts of URLs, file names and metrics. They have lower-case \
            letters, digits, `-`, `_` and `.`, at most 63, and begin with a letter or digit. Names of secrets may have \
            capitals, but no dots. Names of variables have letters, digits and `_`.
            """,
            wrong: """
                jobs:
                  My Photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """,
            right: """
                jobs:
                  my-photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """),
        .badPath: Explanation(
            "A path cannot be used.",
            """
            What is backed up is named by absolute paths, so that it does not depend on where the program was started. \
            `~` is the shell's, and is not expanded; write `${HOME}`.
            """,
            wrong: """
                jobs:
                  photos:
                    sources: [{ path: ~/photos }]
                    encryption: none
                    destinations: [disk]
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: "${HOME:-/home/anna}/photos" }]
                    encryption: none
                    destinations: [disk]
                """),
    ]
}
