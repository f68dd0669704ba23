extension DiagnosticCode {
    /// E03x: references.
    static let referenceExplanations: [DiagnosticCode: Explanation] = [
        .undefinedSecret: Explanation(
            "A secret is not defined.",
            "Every `{ secret: NAME }` and `${secret:NAME}` needs an entry under `secrets`, which says where its value is.",
            wrong: """
                defaults:
                  encryption: { passphrase: { secret: passphrase } }
                """,
            right: """
                secrets:
                  passphrase: { file: /run/secrets/passphrase }
                defaults:
                  encryption: { passphrase: { secret: passphrase } }
                """),
        .undefinedDestination: Explanation(
            "A destination is not defined.",
            "A job names its destinations; each name needs an entry under `destinations`. A URL cannot stand there.",
            wrong: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disc]
                destinations:
                  disk: { url: file:///mnt/backup }
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                destinations:
                  disk: { url: file:///mnt/backup }
                """),
        .undefinedReport: Explanation(
            "A report is not defined.",
            "A job, or `defaults`, names the reports to send; each name needs an entry under `reports`.",
            wrong: """
                defaults:
                  reports: [ops]
                """,
            right: """
                defaults:
                  reports: [ops]
                reports:
                  ops: { webhook: { url: https://monitor.example.com/hook } }
                """),
        .undefinedVariable: Explanation(
            "A variable is not set and has no default.",
            """
            Unlike in a compose file, a variable that is not set is an error rather than an empty text: an empty path \
            or name is never meant. Set it, or give a default with `${NAME:-default}`.
            """,
            wrong: "instance: ${BACKUP_INSTANCE}", right: "instance: ${BACKUP_INSTANCE:-cellar}"),
        .sharedStore: Explanation(
            "Two jobs, or two destinations of one job, would write to the same store.",
            """
            A URL is one store, and a store belongs to one job: two jobs in it would delete each other's versions. Put \
            `{job}` into the destination's URL, which becomes the job's name.
            """,
            wrong: """
                destinations:
                  disk: { url: file:///mnt/backup }
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                  music:
                    sources: [{ path: /srv/music }]
                    encryption: none
                    destinations: [disk]
                """,
            right: """
                destinations:
                  disk: { url: "file:///mnt/backup/{job}" }
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                  music:
                    sources: [{ path: /srv/music }]
                    encryption: none
                    destinations: [disk]
                """),
        .namedTwice: Explanation(
            "Something stands twice in a list.",
            "A destination, report or path that stands twice in a list would be used once. Remove one.",
            wrong: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk, disk]
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                """),
    ]
}
