extension DiagnosticCode {
    /// What schedules, templates and policies may get wrong.
    static let languageExplanations: [DiagnosticCode: Explanation] = [
        .badTime: Explanation(
            "A cron expression or a time of the day cannot be read.",
            """
            A cron expression has five fields, minute, hour, day of month, month and weekday, or six, with seconds before \
            them; `@daily` and its kin are words for some. A time of the day is `"02:30"`, of 24 hours.
            """,
            wrong: """
                defaults:
                  schedule: "0 24 * * *"
                """,
            right: """
                defaults:
                  schedule: "0 0 * * *"
                """),
        .undefinedSource: Explanation(
            "A source is not one of the job.",
            """
            `expect` and a drill's `select` name sources by their paths, as they stand in the job's `sources`. What is \
            below a source is not one itself.
            """,
            wrong: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                    expect: [{ source: /srv/foto, min_files: 100 }]
                """,
            right: """
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: none
                    destinations: [disk]
                    expect: [{ source: /srv/photos, min_files: 100 }]
                """),
        .neverDue: Explanation(
            "A schedule is never due.",
            """
            An interval counts from Monday, 1 January 2024; one of whole weeks never falls on another weekday. To run on \
            some weekdays only, let `every: 1d` be restricted by `days`, or write a cron expression.
            """,
            wrong: """
                defaults:
                  schedule: { every: 1w, days: [sat] }
                """,
            right: """
                defaults:
                  schedule: { every: 1d, days: [sat] }
                """),
        .notActedOn: Explanation(
            "A key or value is checked, but nothing acts on it yet.",
            """
            The language is whole, this version of the program is not. What stands there is well written, and has no \
            effect; nothing is silently ignored. The reference marks such keys.
            """,
            wrong: """
                defaults:
                  slo: { rto: 1h }
                """,
            right: """
                defaults:
                  slo: { rpo: 26h }
                """),
        .exposedAddress: Explanation(
            "A service answers at an address that others reach, in the clear or without tokens.",
            """
            Whoever reads a token on its way can do what its owner may. Without tokens, nothing but probes is answered. Listen \
            at 127.0.0.1 and let a proxy encrypt, or give the service a certificate; `tls: none` and `tokens: []` say that \
            it is meant to be so.
            """,
            wrong: """
                runtime:
                  listen: 0.0.0.0:8080
                  api:
                    tokens: [{ name: me, token: { env: TOKEN }, scope: read }]
                """,
            right: """
                runtime:
                  listen: 0.0.0.0:8080
                  api:
                    tokens: [{ name: me, token: { env: TOKEN }, scope: read }]
                    tls: { certificate: /etc/dunnage/cert.pem, key: /etc/dunnage/key.pem }
                """),
        .lockOutlivesRetention: Explanation(
            "Objects are locked for longer than the youngest versions are kept.",
            """
            What retention lets go stays at the destination until its lock ends, and is paid for. Lock for no longer than \
            the first tier reaches, or keep versions for longer.
            """,
            wrong: """
                destinations:
                  disk: { url: "file:///mnt/backup", immutability: { mode: governance, for: 30d } }
                defaults:
                  retention: { tiers: "7d:1d, 4w:1w" }
                """,
            right: """
                destinations:
                  disk: { url: "file:///mnt/backup", immutability: { mode: governance, for: 7d } }
                defaults:
                  retention: { tiers: "7d:1d, 4w:1w" }
                """),
        .notEncrypted: Explanation(
            "A job stores in the clear, against a policy.", "The policy `encryption_required` asks for a passphrase.",
            wrong: """
                policy: [{ rule: encryption_required }]
                jobs:
                  photos: { sources: [{ path: /srv/photos }], encryption: none, destinations: [disk] }
                """,
            right: """
                policy: [{ rule: encryption_required }]
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: { passphrase: { file: /run/secrets/passphrase } }
                    destinations: [disk]
                """),
        .tooFewCopies: Explanation(
            "A job has too few destinations, against a policy.",
            "The policy `min_copies` asks for `count` destinations.",
            wrong: "policy: [{ rule: min_copies, count: 2 }]", right: "policy: [{ rule: min_copies, count: 1 }]"),
        .notOffSite: Explanation(
            "A job has too few destinations elsewhere, against a policy.",
            """
            The policy `offsite` asks for a destination that is elsewhere. Folders and hosts of the local network are not; \
            `off_site: true` says of a destination that it is.
            """,
            wrong: """
                policy: [{ rule: offsite }]
                destinations:
                  disk: { url: "file:///mnt/backup" }
                """,
            right: """
                policy: [{ rule: offsite }]
                destinations:
                  disk: { url: "file:///mnt/backup", off_site: true }
                """),
        .tooMutable: Explanation(
            "Objects of a job are not locked for long enough, against a policy.",
            "The policy `immutability_at_least` asks for a destination with `immutability` for that long.",
            wrong: "policy: [{ rule: immutability_at_least, for: 14d }]",
            right: """
                policy: [{ rule: immutability_at_least, for: 14d }]
                destinations:
                  disk: { url: "file:///mnt/backup", immutability: { mode: governance, for: 14d } }
                """),
        .tooSeldomVerified: Explanation(
            "A job does not promise to be verified often enough, against a policy.",
            """
            The policy `verified_within` asks for a `remote` check or a `restore_drill`, and for `full_cycle` or \
            `slo.verified_within` of at most that long.
            """,
            wrong: "policy: [{ rule: verified_within, for: 30d }]",
            right: """
                policy: [{ rule: verified_within, for: 30d }]
                defaults:
                  verify: { remote: { schedule: "H 5 * * 6", full_cycle: 30d } }
                """),
        .tooOld: Explanation(
            "A job promises no version that is young enough, against a policy.",
            "The policy `rpo` asks for `slo.rpo` of at most that long.",
            wrong: "policy: [{ rule: rpo, for: 26h }]",
            right: """
                policy: [{ rule: rpo, for: 26h }]
                defaults:
                  slo: { rpo: 26h }
                """),
        .literalAgainstPolicy: Explanation(
            "A password or key stands in the file, against a policy.",
            "The policy `no_literal_secrets` makes an error of what is a warning (W101) otherwise.",
            wrong: """
                policy: [{ rule: no_literal_secrets }]
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: { passphrase: correct horse battery staple }
                    destinations: [disk]
                """,
            right: """
                policy: [{ rule: no_literal_secrets }]
                jobs:
                  photos:
                    sources: [{ path: /srv/photos }]
                    encryption: { passphrase: { file: /run/secrets/passphrase } }
                    destinations: [disk]
                """),
    ]
}
