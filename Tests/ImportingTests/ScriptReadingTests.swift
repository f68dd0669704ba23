import Importing
import Support
import Testing

@Suite("Job descriptions as people write them")
struct ScriptReadingTests {
    private func imported(_ kind: ImportKind, _ text: String) throws -> ImportResult {
        try Importer.convert(ImportRequest(kind, [ImportRequest.File(name: "job.txt", bytes: Array(text.utf8))]))
    }

    private func notes(_ result: ImportResult) -> String { result.notes.map(\.description).joined(separator: "\n") }

    @Test("a script for Mono is one of a shell, though the program ends with .exe")
    func mono() throws {
        let result = try imported(
            .duplicatiCommand,
            """
            #!/bin/sh
            # a backup of the wiki
            echo backup begins
            mono /opt/duplicati/Duplicati.CommandLine.exe backup \\
                "file:///mnt/wiki" /srv/wiki/ \\
                --no-encryption --exclude="*.lock" "$@"
            echo backup ended
            """)
        #expect(result.jobs == ["job"])
        #expect(result.text.contains("url: file:///mnt/wiki\n") && result.text.contains("{ path: /srv/wiki/ }"))
        #expect(result.text.contains("{ exclude: \"*.lock\" }"), "\(result.text)")
        #expect(!notes(result).contains("source"))
    }

    @Test(
        "what a shell does with a command's output is no part of the command",
        arguments: [
            "> /tmp/log 2>&1", "2>&1 | tee -a /tmp/log", "&>/tmp/log", "&& echo done", "|| exit 1", "; echo done",
            "< /dev/null &",
        ])
    func redirected(end: String) throws {
        let result = try imported(.duplicatiCommand, "duplicati-cli backup file:///s /d --no-encryption \(end)")
        #expect(!notes(result).contains("source"), "\(notes(result))")
        #expect(result.text.contains("- { path: /d }\n    selection"), "\(result.text)")
        #expect(result.text.contains("encryption: none"))
    }

    @Test("a command of PowerShell goes on behind a backtick, and has variables")
    func powerShell() throws {
        let result = try imported(
            .duplicatiCommand,
            """
            & "C:\\Program Files\\Duplicati 2\\Duplicati.CommandLine.exe" backup `
                "ftp://nas/pc?auth-username=pc&auth-password=$NasWord" `
                "C:\\Data\\\\" --backup-name=pc `
                --passphrase="$Words"
            """)
        #expect(
            result.text.contains("{ env: NasWord }") && result.text.contains("words: { env: Words }"), "\(result.text)")
        #expect(result.jobs == ["pc"])
        #expect(notes(result).contains("C:\\Data\\"))
    }

    @Test(
        "a week's interval is due on the first weekday from its start that is allowed",
        arguments: [
            (["thu"], "thu"), (["tue"], "tue"), (["mon", "sat"], "sat"), ([], "thu"),
            (["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "thu"),
        ])
    func weekly(days: [String], expected: String) throws {
        // A Thursday.
        let allowed = days.map { "\"\($0)\"" }.joined(separator: ",")
        let result = try imported(
            .duplicati,
            """
            {"Schedule": {"Time": "2026-01-08T05:10:00Z", "Repeat": "1W", "AllowedDays": [\(allowed)]},
             "Backup": {"Name": "w", "TargetURL": "file:///s", "Sources": ["/d/"],
              "Settings": [{"Name": "--no-encryption", "Value": "true"}]}}
            """)
        #expect(result.text.contains("cron: \"10 5 * * \(expected)\""), "\(result.text)")
    }

    @Test(
        "a schedule on a day that no year has is none, and nothing is left to do about it",
        arguments: ["0 0 5 31 2 ?", "0 5 30 feb *", "0 0 31 6 *"])
    func never(cron: String) throws {
        let result = try imported(.offen, "BACKUP_CRON_EXPRESSION=\(cron)")
        #expect(result.text.contains("schedule: manual"))
        #expect(!notes(result).contains("BACKUP_CRON_EXPRESSION"), "\(notes(result))")
    }

    @Test(
        "an address of S3 is taken apart into a server and whether it is encrypted",
        arguments: [
            ("https://objects.example.com/", "objects.example.com", true), ("http://minio:9000", "minio:9000", false),
            ("minio:9000", "minio:9000", true),
        ])
    func endpoint(text: String, server: String, isEncrypted: Bool) throws {
        let result = try imported(.offen, "AWS_S3_BUCKET_NAME=b\nAWS_ENDPOINT=\(text)")
        #expect(result.text.contains("s3-server-name: \(server)\n"), "\(result.text)")
        #expect(result.text.contains("use-ssl: \(isEncrypted)"))
    }

    @Test(
        "a configuration of borgmatic whose sources or repositories are elsewhere is imported, and is off",
        arguments: ["repositories: [/mnt/borg]", "source_directories: [/home]", "patterns_from: [/etc/patterns]"])
    func incomplete(text: String) throws {
        let result = try imported(.borgmatic, text)
        #expect(result.text.contains("enabled: false"), "\(result.text)")
    }

    @Test("a dump is made with the program, the form and the options that are asked for")
    func dumps() throws {
        let result = try imported(
            .borgmatic,
            """
            source_directories: [/a]
            repositories: [/b]
            postgresql_databases:
              - name: wiki
                format: plain
                pg_dump_command: docker exec db pg_dump
                psql_command: docker exec db psql
                options: --no-owner --exclude-table='a b'
            ntfy: { topic: "" }
            """)
        #expect(result.text.contains("/databases/postgresql/wiki.sql"))
        #expect(result.text.contains("docker") && !result.text.contains("psql"), "\(result.text)")
        #expect(result.text.contains("format=plain") && result.text.contains("exclude-table=a b"), "\(result.text)")
        #expect(!notes(result).contains("postgresql_databases"), "\(notes(result))")
        #expect(!result.text.contains("ntfy") && notes(result).contains("it has no topic"))
    }

    @Test("what resticprofile says outside its backups is named: times of groups, profiles for chores, templates")
    func outside() throws {
        let result = try imported(
            .resticprofile,
            """
            version: "2"
            profiles:
              base: { repository: "local:/stores/a", password-file: /k }
              files:
                inherit: base
                backup: { source: [/srv], run-before: "echo {{ .CurrentDir }}" }
              chores:
                inherit: base
                forget: { keep-daily: 9, schedule: "07:30" }
            groups:
              nightly: { profiles: [files], schedules: { backup: { at: "03:15" } } }
            """)
        #expect(result.jobs == ["files"])
        let notes = notes(result)
        #expect(notes.contains("profile chores: forget: it backs nothing up"), "\(notes)")
        #expect(!notes.contains("profile base"))
        #expect(notes.contains("groups: nightly: schedules: backup: 03:15: a group has no times here"))
        #expect(notes.contains("run-before: echo {{ .CurrentDir }}: its template is not known here"))
    }
}
