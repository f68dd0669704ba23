/// Files that are fine, for mutations to start from.
public enum GoodFiles {
    /// All of them.
    public static let all: [[UInt8]] = [complete, block, flow, odd].map { Array($0.utf8) }

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
}
