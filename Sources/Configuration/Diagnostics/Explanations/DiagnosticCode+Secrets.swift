extension DiagnosticCode {
    /// E05x: secrets.
    static let secretExplanations: [DiagnosticCode: Explanation] = [
        .unusedSecret: Explanation(
            "A secret is not used.",
            """
            A secret that nothing refers to is a leftover, or the place that should use it has been forgotten. Remove \
            it, or use it as `{ secret: NAME }` or as `${secret:NAME}` inside a text.
            """,
            wrong: """
                secrets:
                  old_key: { env: OLD_KEY }
                """,
            right: """
                secrets:
                  key: { env: KEY }
                defaults:
                  encryption: { passphrase: { secret: key } }
                """),
        .secretTooEarly: Explanation(
            "A secret stands where the value is needed before secrets are read.",
            """
            Secrets are read when a job runs, never when the file is checked. A path, a size or a name has to be known \
            before that; use a variable of the environment for it, or write it down.
            """,
            wrong: """
                secrets:
                  folder: { env: FOLDER }
                jobs:
                  photos:
                    sources: [{ path: "/srv/${secret:folder}" }]
                    encryption: none
                    destinations: [disk]
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: "/srv/${FOLDER:-photos}" }]
                    encryption: none
                    destinations: [disk]
                """),
    ]
}
