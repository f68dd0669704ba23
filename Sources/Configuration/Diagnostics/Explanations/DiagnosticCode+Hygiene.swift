extension DiagnosticCode {
    /// W1xx: hygiene.
    static let hygieneExplanations: [DiagnosticCode: Explanation] = [
        .literalSecret: Explanation(
            "A password or key stands in the file.",
            """
            It works, but whoever can read the file, its backups or its history in version control can read the \
            secret. Put the value into a file or a variable, name it under `secrets`, and refer to it.
            """,
            wrong: """
                defaults:
                  encryption: { passphrase: correct horse battery staple }
                """,
            right: """
                secrets:
                  passphrase: { file: /run/secrets/passphrase }
                defaults:
                  encryption: { passphrase: { secret: passphrase } }
                """),
        .unusedDestination: Explanation(
            "A destination is used by no job.",
            "It may be one that is kept for later, or a job that should name it does not.",
            wrong: """
                destinations:
                  disk: { url: "file:///mnt/backup/{job}" }
                  nas: { url: "file:///mnt/nas/{job}" }
                """,
            right: """
                destinations:
                  disk: { url: "file:///mnt/backup/{job}" }
                """),
        .unusedReport: Explanation(
            "A report is used by no job.",
            "Nobody is told anything by it. Name it in a job or in `defaults`: `reports: [NAME]`.",
            wrong: """
                reports:
                  ops: { webhook: { url: https://monitor.example.com/hook } }
                """,
            right: """
                defaults:
                  reports: [ops]
                reports:
                  ops: { webhook: { url: https://monitor.example.com/hook } }
                """),
        .oldBoolean: Explanation(
            "`yes`, `no`, `on` or `off` stands where a boolean is probably meant.",
            """
            These words are booleans in YAML 1.1 and texts in YAML 1.2, which is the one that holds here. Where only a \
            boolean fits they are an error; in a destination's options, which may be texts, they are a warning.
            """,
            wrong: """
                destinations:
                  disk: { url: "file:///mnt/backup/{job}", options: { use-move-for-put: yes } }
                """,
            right: """
                destinations:
                  disk: { url: "file:///mnt/backup/{job}", options: { use-move-for-put: true } }
                """),
        .uselessFilter: Explanation(
            "A filter can never match.",
            """
            A filter without `*` and `?` is compared with the complete path, which begins with `/`. A bare name matches \
            nothing; `*/name` matches a file of that name in every folder, `*/name/` a folder.
            """,
            wrong: """
                defaults:
                  filters: [{ exclude: node_modules }]
                """,
            right: """
                defaults:
                  filters: [{ exclude: "*/node_modules/" }]
                """),
    ]
}
