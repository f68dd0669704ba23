/// What is known of Duplicati's options that have no counterpart.
enum DuplicatiOptions {
    /// Whether an option of a job is meant for its destination.
    static func isForDestination(_ name: String) -> Bool {
        let prefixes = [
            "s3-", "aws-", "aws_", "openstack-", "ssh-", "ftp-", "aftp-", "b2-", "azure-", "gcs-", "googledrive-",
            "rclone-", "storj-", "cos-", "oss-", "jottacloud-", "box-", "dropbox-", "mega-", "pcloud-", "webdav-",
            "smb-", "filen-", "drimecloud-", "auth-",
        ]
        let names: Set<String> = [
            "authid", "oauth-url", "use-ssl", "accept-any-ssl-certificate", "accept-specified-ssl-hash",
            "ignore-revocation-failure", "short-timeout", "list-timeout", "read-write-timeout",
            "alternate-target-paths", "alternate-destination-marker", "use-move-for-put", "force-smb-authentication",
            "integrated-authentication", "force-digest-authentication", "soft-delete-prefix",
            "disable-autocreate-folder", "remote-file-lock-duration", "drive-id", "site-id", "group-id", "group-email",
            "list-verify-uploads", "disable-streaming-transfers", "no-connection-reuse",
        ]
        return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }

    /// Options that change nothing here, or ask for what is so in any case: nobody needs to read about them.
    static let harmless: Set<String> = [
        "disable-module", "enable-module", "verbose", "console-log-level", "console-log-filter", "full-result",
        "full-results", "debug-output", "log-level", "backup-id", "machine-id", "machine-name", "backup-name",
        "auto-update", "disable-filepath-cache", "file-read-buffer-size", "force-locale",
        "force-actual-date", "allow-sleep", "quiet-console", "next-scheduled-run", "asynchronous-upload-folder",
        "concurrency-max-threads", "concurrency-block-hashers", "concurrency-compressors",
        "concurrency-fileprocessors", "auto-vacuum", "auto-vacuum-interval", "log-retention", "disable-file-scanner",
        "zip-compression-zip64", "zip-compression-library", "aes-set-threadlevel", "allow-paths-in-log-messages",
        "store-metadata-content-in-database", "disable-synthetic-filelist", "upload-verification-file",
        "secret-provider", "secret-provider-pattern", "secret-provider-cache", "index-file-policy",
        "disable-expect100-continue", "disable-nagling", "http-operation-timeout", "http-readwrite-timeout",
        "allowed-ssl-versions", "server-datafolder", "portable-mode", "disable-time-tolerance", "snapshot-provider",
    ]

    /// Why an option was not carried over, and what to do.
    static let reasons: [String: String] = [
        "dbpath": "the catalog is this program's own; it is built from the store",
        "snapshot-policy":
            "files are read where they are: stop what writes to them with `hooks`, or back up a mounted snapshot",
        "vss-exclude-writers": "it is for Windows", "vss-use-mapping": "it is for Windows",
        "usn-policy": "it is for Windows", "backupread-policy": "it is for Windows",
        "exclude-non-local-files": "it is for Windows", "enable-ads-backup": "it is for Windows",
        "photos-handling": "it is for macOS", "photos-library-path": "it is for macOS",
        "skip-metadata": "owners, modes and times are always stored",
        "disable-filetime-check": "a file is read when its size, its time or its change time differs",
        "check-filetime-only": "a file is read when its size, its time or its change time differs",
        "changed-files": "the sources are always walked", "deleted-files": "the sources are always walked",
        "upload-unchanged-backups": "a run without changes makes no version",
        "log-file": "the log goes to standard error: redirect it, or let systemd or Docker keep it",
        "log-file-log-level": "write `runtime: { log: { level: … } }`",
        "log-file-log-filter": "write `runtime: { log: { level: … } }`",
        "log-file-log-ignore": "the log is not filtered", "console-log-ignore": "the log is not filtered",
        "suppress-warnings": "warnings are not changed into something else",
        "tempdir": "set TMPDIR in the environment",
        "no-backend-verification": "the destination is always listed",
        "full-remote-verification": "use `dunnage verify`, or `verify: { remote: … }`",
        "full-block-verification": "what is read back is always checked block by block",
        "auto-cleanup": "use `dunnage repair`, which says what it will do",
        "parity-module": "recovery files of par2 are not written",
        "parity-redundancy-level": "recovery files of par2 are not written",
        "disable-on-battery": "the battery is not looked at",
        "quota-warning-threshold": "write a `quota` for the destination",
        "quota-disable": "there is no quota unless it is written",
        "remote-sync-json-config": "name several `destinations` in the job",
        "ignore-advisory-locking": "locks do not keep files from being read",
        "disable-backup-exclusion-xattr": "extended attributes that ask for it always leave a file out",
        "control-files": "name them as `sources`",
        "parameters-file": "its options are in that file: add them to the command line",
        "prevent-backend-rename": "objects are never renamed",
        "case-insensitive-remote": "names are compared as they are",
        "block-hash-algorithm": "", "file-hash-algorithm": "",
    ]
}

extension DuplicatiConversion {
    /// Names every option that nothing became of.
    mutating func noteRest() {
        for name in options.names where !DuplicatiOptions.harmless.contains(name) {
            guard let value = options.take(name) else { continue }
            let shown = DuplicatiTarget.isCredential(name) || value.isEmpty ? name : "\(name)=\(value)"
            let isOff = ["false", "off", "0", "no", "none"].contains(value.lowercased())
            switch DuplicatiOptions.reasons[name] {
            // The store knows its own algorithms.
            case ""?: continue
            // What was switched off is not missed.
            case let reason?: if !isOff { draft.dropped(shown, reason) }
            case nil: draft.dropped(shown, "it has no counterpart")
            }
        }
    }
}
