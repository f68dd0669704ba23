import Configuration
import Engine
import Importing
import Testing

/// Patterns of other programs keep their meaning, although the languages compare paths in different ways.
@Suite("Patterns of other programs")
struct PatternTests {
    /// Whether a path is stored: folders on the way to it are looked at first, as the walk does.
    private func keeps(_ path: String, _ text: String, _ kind: ImportKind) throws -> Bool {
        let result = try Importer.convert(
            ImportRequest(kind, [ImportRequest.File(name: "x.yaml", bytes: Array(text.utf8))]))
        let job = try #require(
            try ConfigurationLoader.load(
                utf8: Array(result.text.utf8), file: "x.yaml", folder: "/", environment: ["HOME": "/home/anna"]
            ).configuration.jobs.first)
        let rules = try job.filters.map {
            try Engine.FilterRule("\($0.action == .include ? "+" : "-")\($0.expression)")
        }
        let filters = FilterSet(rules)
        var folder = "/"
        for part in path.dropFirst().split(separator: "/").dropLast() {
            folder += "\(part)/"
            if filters.decide(folder).outcome == .excluded { return false }
        }
        return filters.decide(path).outcome == .included
    }

    @Test(
        "borgmatic's exclude_patterns leave out what borg leaves out",
        arguments: [
            ("*.pyc", "/srv/a.pyc", false), ("*.pyc", "/srv/a.py", true), ("*/.cache", "/home/a/.cache/x", false),
            ("*/.cache", "/home/a/.cached", true), ("/home/*/tmp", "/home/a/b/tmp/x", false),
            ("sh:/home/*/tmp", "/home/a/tmp/x", false), ("sh:/home/*/tmp", "/home/a/b/tmp/x", true),
            ("sh:home/**/tmp", "/home/a/b/tmp/x", false), ("sh:**/*.iso", "/srv/x.iso", false),
            ("re:^home/[^/]+/x", "/home/a/x1", false), ("re:^home/[^/]+/x", "/srv/home/a/x1", true),
            ("re:\\.sw[op]$", "/srv/.a.swp", false), ("re:\\.sw[op]$", "/srv/a.swpx", true),
            ("pp:/srv/a", "/srv/a/b/c", false), ("pp:/srv/a", "/srv/ab", true), ("pf:/srv/a*", "/srv/a*", false),
            ("pf:/srv/a*", "/srv/ab", true), ("/srv/[ab]x", "/srv/bx", false), ("/srv/[ab]x", "/srv/cx", true),
            ("~/Downloads", "/home/anna/Downloads/x", false), ("srv/x", "/srv/x", false),
        ])
    func borg(pattern: String, path: String, isKept: Bool) throws {
        let text = """
            source_directories: [/srv, /home]
            repositories: [{ path: /mnt/borg }]
            encryption_passphrase: words
            exclude_patterns: ['\(pattern)']
            """
        #expect(try keeps(path, text, .borgmatic) == isKept)
    }

    @Test(
        "borgmatic's patterns keep what is included below something excluded",
        arguments: [
            ("/home/anna/.config/important/a/b", true), ("/home/anna/.config/other", false),
            ("/home/anna/.config/other/c", false), ("/home/anna/letter", true),
        ])
    func borgOrder(path: String, isKept: Bool) throws {
        let text = """
            repositories: [{ path: /mnt/borg }]
            encryption_passphrase: words
            patterns: [R /home/anna, + /home/anna/.config/important, '- /home/anna/.config']
            """
        #expect(try keeps(path, text, .borgmatic) == isKept)
    }

    @Test(
        "resticprofile's excludes leave out what restic leaves out",
        arguments: [
            ("*.tmp", "/srv/a.tmp", false), ("*.tmp", "/srv/a.tmpl", true), (".cache", "/home/a/.cache/x", false),
            (".cache", "/home/a/x.cache", true), ("/home/*/tmp", "/home/a/tmp/x", false),
            ("/home/*/tmp", "/home/a/b/tmp/x", true), ("foo*", "/srv/foobar", false), ("foo*", "/srv/afoo", true),
            ("a*b", "/srv/axb", false), ("a*b", "/srv/a/b", true), ("**/x/**/y", "/srv/x/1/2/y", false),
            ("/srv/a?c", "/srv/abc", false), ("/srv/a?c", "/srv/a/c", true), ("x.[ch]", "/srv/x.c", false),
            ("node_modules/", "/srv/p/node_modules/q", false), ("a/b", "/srv/a/b", false), ("a/b", "/srv/xa/b", true),
        ])
    func restic(pattern: String, path: String, isKept: Bool) throws {
        let text = """
            version: "1"
            p:
              repository: /mnt/restic
              password-file: key
              backup: { source: [/srv, /home], exclude: ['\(pattern)'] }
            """
        #expect(try keeps(path, text, .resticprofile) == isKept)
    }

    @Test("restic's iexclude ignores case")
    func ignoringCase() throws {
        let text = """
            p: { repository: /mnt/r, password-file: k, backup: { source: [/srv], iexclude: ["*.M3U"] } }
            """
        #expect(try !keeps("/srv/a.m3u", text, .resticprofile))
        #expect(try keeps("/srv/a.m4u", text, .resticprofile))
    }

    @Test(
        "docker-volume-backup's expression matches anywhere in a path",
        arguments: [
            ("\\.log$", "/backup/a.log", false), ("\\.log$", "/backup/a.logs", true),
            ("cache", "/backup/x/mycache/y", false),
            ("^/backup/tmp/", "/backup/tmp/x", false), ("^/backup/tmp/", "/backup/backup/tmp/x", true),
            ("^/backup/tmp$", "/backup/tmp/x", false), ("a/x$|b/y$", "/backup/b/y", false),
        ])
    func offen(expression: String, path: String, isKept: Bool) throws {
        #expect(try keeps(path, "BACKUP_EXCLUDE_REGEXP=\(expression)", .offen) == isKept)
    }

    @Test(
        "systemd's calendar becomes cron",
        arguments: [
            ("daily", "@daily"), ("weekly", "0 0 * * mon"), ("*-*-* 02:30:00", "30 2 * * *"),
            ("Mon..Fri *-*-* 01:15", "15 1 * * mon-fri"), ("Sat,Sun 04:00", "0 4 * * sat,sun"),
            ("*-*-1,15 04:00", "0 4 1,15 * *"), ("*:0/15", "*/15 * * * *"), ("*-1,7-1", "0 0 1 1,7 *"),
            ("2026-01-01 00:00", nil), ("Mon *-*-01 04:00", nil), ("nonsense", nil), ("*-*-* 02:30:30", nil),
        ] as [(String, String?)])
    func calendar(text: String, cron: String?) throws {
        let profile = "p: { repository: /r, password-file: k, backup: { source: [/srv], schedule: \"\(text)\" } }"
        let result = try Importer.convert(
            ImportRequest(.resticprofile, [ImportRequest.File(name: "x.yaml", bytes: Array(profile.utf8))]))
        let written = cron.map { $0.contains("*") || $0.hasPrefix("@") ? "schedule: \"\($0)\"" : "schedule: \($0)" }
        #expect(result.text.contains(written ?? "schedule: manual"), "\(result.text)")
    }
}
