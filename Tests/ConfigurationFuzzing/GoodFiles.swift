/// Files that are fine, for mutations to start from.
public enum GoodFiles {
    /// All of them.
    public static let all: [[UInt8]] = [complete, block, flow, odd, wide, secrets].map { Array($0.utf8) }

    /// The variables that they may refer to.
    public static let environment = ["HOME": "/home/anna", "N": "3", "EMPTY": ""]

    private static let complete = #"""
        version: 1
        instance: homelab-01
        runtime:
          state_dir: /state
          timezone: Europe/Berlin
          shutdown_grace: 20s
          log: { format: json, level: info }
        secrets:
          passphrase: { file: /run/secrets/passphrase }
          token: { env: MONITOR_TOKEN }
        x-junk: &junk
          - exclude: "*/.cache/"
          - exclude: "*.tmp"
        defaults:
          encryption:
            passphrase: { secret: passphrase }
          destinations: [nas]
          filters: *junk
          retention:
            tiers:
              - { for: 7d, every: 1d }
              - { for: 4w, every: 1w }
            min_versions: 3
          reports: [ops]
        destinations:
          nas:
            url: file://${NAS:-/mnt/nas}/backups/{job}
          disk: { url: "/mnt/disk/{job}" }
        jobs:
          photos:
            sources:
              - path: /srv/photos
                if_missing: fail
            filters:
              - include: "/srv/photos/library/"
              - exclude: "[.*\\.(tmp|bak)]"
            destinations: [nas, disk]
            retention: { keep_within: 30d }
            options: { block_size: 1MiB, volume_size: 200MiB, compression: fast }
          configs:
            sources: [{ path: /etc }, { path: "${HOME}/compose" }]
            verify: { after_backup: 5% }
        reports:
          ops:
            webhook:
              url: https://monitor.example.com/hooks/${secret:token}
              sign: { env: SIGNING }

        """#

    private static let block = """
        # block style, all scalars
        version: 1
        destinations:
          disk:
            url: >-
              file:///mnt/backup/{job}
            options:
              prefix: 'it''s'
              use: true
        jobs:
          dumps:
            encryption: none
            destinations:
            - disk
            sources:
            - path: /dumps/app.sql
              command:
              - pg_dump
              - --clean
              - "app \\x41"
              environment:
                PGHOST: db
                PGPASSWORD: { env: PW }
              timeout: 10min
            - path: "/srv/\\u00fc"
            selection:
              one_file_system: true
              exclude_if_present: [.nobackup]
              exclude_larger_than: 20GiB
              hardlinks: first
            compact: { threshold: 30, interval: 1w }
            retention:
              keep_versions: ${N}
              max_delete: 5

        """

    private static let flow = """
        {version: 1, instance: "a b", destinations: {d: {url: /b}}, jobs: {j: {sources: [{path: /s}], encryption: none, \
        destinations: [d], retention: {policy: "1W:1D,4W:1W"}, compact: off, verify: {after_backup: {samples: 2, when: \
        always}}, filters: [{exclude: "{CacheFiles}"}]}}}

        """

    private static let odd = """
        %YAML 1.2
        ---
        version: !!int 1
        x-base: &base { keep_within: 1d12h, min_versions: 2 }
        x-more: { <<: *base }
        "destinations": { ? d : { url: "/b/{job}" } }
        jobs:
          a: { sources: &s [ { path: &p /s } ], encryption: none, destinations: [d], retention: { <<: *base } }
          b: { sources: *s, encryption: none, destinations: [ d, ], filters: [] } # end
        ...

        """

    private static let wide = #"""
        version: 1
        runtime:
          listen: [127.0.0.1:8080, "[::]:8443"]
          api:
            tokens: [{ name: me, token: { env: TOKEN }, scope: operate }]
            tls: { certificate: cert.pem, key: key.pem }
            hosts: [backup.example.com]
            restore_roots: [/restore]
          limits: { concurrent_jobs: 2, upload: 20MiB/s, blackout: [{ days: [mon], from: "08:00", to: "18:00" }] }
        destinations:
          cloud:
            url: "s3://backup/{job}"
            auth: { access_key: { env: KEY }, secret_key: { env: SECRET } }
            immutability: { mode: governance, for: 7d }
            storage_class: { data: STANDARD_IA }
            retry: { attempts: 5, backoff: exponential, initial: 10s, max: 5min }
          disk: { url: "/b/{job}" }
        jobs:
          app:
            description: The application.
            labels: { team: web, tier: "1" }
            sources: [{ path: /srv/app, require_mountpoint: true }]
            encryption: { passphrase: { env: PASS } }
            destinations: [cloud, { ref: disk, optional: true, retention: { keep_versions: 3 } }]
            retention: { tiers: "7d:1d, 4w:1w" }
            schedule:
              cron: ["30 2 * * *", "H H(0-7) * * 6"]
              jitter: 20min
              catch_up: once
              on_overlap: skip
              window: { from: "22:00", to: "06:00" }
              timezone: Europe/Berlin
            expect: [{ source: /srv/app, min_files: 10, max_removed: 20% }]
            hooks:
              before:
                - docker_stop: { label: "backup=stop", mode: stop, grace: 10s }
                - command: [sync, -f]
                  environment: { A: b }
                  undo: { command: [echo] }
              finally: [{ http: { url: "https://example.com/done", expect: 204 } }]
            verify:
              remote: { schedule: { every: 1w }, sample: 5%, full_cycle: 30d }
              restore_drill: { schedule: "0 5 * * 6", select: { random_files: 25 } }
            slo: { rpo: 26h }
            limits: { upload: 10MiB/s, memory: 256MiB }
            reports: [mail, chat]
        reports:
          mail:
            email: { smtp: "smtps://backup@mail.example.com", from: b@example.com, to: [o@example.com] }
            events: [failure, warning]
            digest: { schedule: "0 7 * * 1" }
          chat: { ntfy: { url: "https://ntfy.example.com/backup", token: { env: NTFY }, priority: 4 } }
        policy:
          - { rule: encryption_required }
          - { rule: min_copies, count: 2, jobs: [app] }

        """#

    private static let secrets = """
        version: 1
        secrets:
          a: { file: { path: /run/secrets/all.json, key: database.password } }
          b: { command: { run: [cat, /etc/hostname], timeout: 5s } }
          c: { vault: { path: secret/backup, key: c, auth: { approle: { role_id: r, secret_id: { env: R } } } } }
          d: { aws_secrets_manager: { name: prod/backup, key: d, region: eu-west-1 } }
          e: { google_secret_manager: { project: p, name: e } }
          f: { azure_key_vault: { vault: v, name: f } }
          g: { pass: backup/g }
          h: { sops: { file: /etc/s.yaml, key: h } }
          i: { docker: i }
          j: { systemd: j }
        destinations:
          d:
            url: "/b/{job}"
            options: { a: "${secret:a}", b: { secret: b }, c: { secret: c }, d: { secret: d }, e: { secret: e } }
        jobs:
          j:
            sources: [{ path: /s, command: [x], environment: { F: { secret: f }, G: "${secret:g}-${secret:h}" } }]
            encryption: { passphrase: { secret: i } }
            destinations: [d]
            reports: [r]
        reports: { r: { webhook: { url: "https://example.com/${secret:j}" } } }

        """
}
