import Secrets
import Support
import Testing

@testable import Configuration

@Suite("Sources and selection in the file")
struct SourcesTests {
    private func load(_ job: String, environment: [String: String] = [:]) throws -> LoadedConfiguration {
        let text = """
            version: 1
            secrets:
              app: { file: /run/secrets/app }
            destinations: { disk: { url: file:///backup } }
            jobs:
              home:
                encryption: { passphrase: { secret: app } }
                destinations: [disk]
            \(job.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
            """
        return try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "f.yaml", folder: "/config", environment: environment)
    }

    private func problems(_ job: String) throws -> [(code: DiagnosticCode, message: String)] {
        do {
            return try load(job).warnings.map { ($0.code, $0.message) }
        } catch let error as InvalidConfiguration {
            return error.diagnostics.map { ($0.code, $0.message) }
        }
    }

    @Test("a command has arguments, an environment with secrets, and a timeout")
    func command() throws {
        let loaded = try load(
            """
            sources:
              - path: /srv/
                if_missing: fail
              - path: /databases/app.dump
                command: [pg_dump, -Fc, --port, 5432, "${DATABASE}"]
                environment:
                  PGHOST: db
                  PGPORT: 5432
                  PGPASSWORD: { secret: app }
                  PGOPTIONS: "x=${secret:app}"
                  PGKEY: { env: KEY }
                timeout: 1h30min
            """, environment: ["DATABASE": "a b"])
        #expect(loaded.warnings == [])
        let sources = try #require(loaded.configuration.jobs.first).sources
        #expect(sources.map(\.path) == ["/srv", "/databases/app.dump"])
        #expect(sources.map(\.absence) == [.fail, .warn])
        #expect(sources[0].command == nil)
        let command = try #require(sources[1].command)
        #expect(command.arguments == ["pg_dump", "-Fc", "--port", "5432", "a b"])
        #expect(command.timeout == CalendarDuration(seconds: 5400))
        #expect(command.environment["PGHOST"] == Template("db") && command.environment["PGPORT"] == Template("5432"))
        #expect(command.environment["PGPASSWORD"] == Template([.secret(SecretReference("app"))]))
        #expect(command.environment["PGOPTIONS"] == Template([.text("x="), .secret(SecretReference("app"))]))
        let key = "jobs.home.sources[1].environment.PGKEY"
        #expect(command.environment["PGKEY"] == Template([.secret(SecretReference(key))]))
        #expect(loaded.configuration.secrets[key] == .environment("KEY"))
    }

    @Test("selection has a value for each of its keys, and defaults that select everything")
    func selection() throws {
        let all = try load(
            """
            sources: [{ path: /srv }]
            selection:
              one_file_system: true
              exclude_if_present: [.nobackup, CACHEDIR.TAG]
              exclude_caches: true
              exclude_larger_than: 20GiB
              exclude_empty_folders: true
              exclude_attributes: [hidden, nodump]
              hardlinks: first
              symlinks: follow
            """)
        let selection = try #require(all.configuration.jobs.first).selection
        #expect(selection.oneFileSystem && selection.excludeCaches && selection.excludeEmptyFolders)
        #expect(selection.excludeIfPresent == [".nobackup", "CACHEDIR.TAG"])
        #expect(selection.excludeLargerThan == ByteCount(20 << 30))
        #expect(selection.excludeAttributes == [.hidden, .nodump])
        #expect(selection.hardLinks == .first && selection.symlinks == .follow)
        let none = try #require(try load("sources: [{ path: /srv }]").configuration.jobs.first).selection
        #expect(!none.oneFileSystem && !none.excludeCaches && !none.excludeEmptyFolders)
        #expect(none.excludeIfPresent.isEmpty && none.excludeLargerThan == nil && none.excludeAttributes.isEmpty)
        #expect(none.hardLinks == .all && none.symlinks == .store)
    }

    @Test("a secret cannot be an argument, where everybody could see it")
    func secretArgument() throws {
        let found = try problems(
            "sources: [{ path: /d, command: [dump, \"--password=${secret:app}\"] }]")
        #expect(found.map(\.code) == [.secretTooEarly])
    }

    @Test("a literal password in an environment is warned about")
    func literal() throws {
        let found = try problems("sources: [{ path: /d, command: [dump], environment: { PGPASSWORD: geheim } }]")
        #expect(found.map(\.code) == [.literalSecret])
    }

    /// A mistake, and what must be said about it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let job: String
        let code: DiagnosticCode
        let words: String
        var testDescription: String { job }

        init(_ job: String, _ code: DiagnosticCode, _ words: String) {
            self.job = job
            self.code = code
            self.words = words
        }
    }

    private static let mistakes = [
        Mistake("sources: [{ path: /d, timeout: 1h }]", .missingKey, "`timeout` needs `command`"),
        Mistake("sources: [{ path: /d, environment: { A: b } }]", .missingKey, "`environment` needs `command`"),
        Mistake("sources: [{ path: /d, command: [a], if_missing: warn }]", .conflictingKeys, "`if_missing`"),
        Mistake("sources: [{ path: /d/, command: [a] }]", .badPath, "cannot be the path of a command's output"),
        Mistake("sources: [{ path: /, command: [a] }]", .badPath, "cannot be the path of a command's output"),
        Mistake("sources: [{ path: /a/../d, command: [a] }]", .badPath, "cannot be the path of a command's output"),
        Mistake("sources: [{ path: /d, command: [a] }, { path: /d/e }]", .badPath, "below the output of a command"),
        Mistake("sources: [{ path: /d, command: [a] }, { path: /d }]", .namedTwice, "stands twice"),
        Mistake("sources: [{ path: /d, command: [] }]", .empty, "empty list"),
        Mistake("sources: [{ path: /d, command: dump }]", .wrongType, "expected a list"),
        Mistake("sources: [{ path: /d, command: [a], environment: { 1A: b } }]", .badName, "cannot name a variable"),
        Mistake("sources: [{ path: /d, command: [a], timeout: 5 }]", .badDuration, "is not a duration"),
        Mistake("sources: [{ path: /d, if_missing: skip }]", .notAllowed, "is not allowed"),
        Mistake("sources: [{ path: /d, required: true }]", .unknownKey, "unknown key"),
        Mistake(
            "sources: [{ path: /d }]\nselection: { exclude_if_present: [a/b] }", .badPath, "is not a file name"),
        Mistake("sources: [{ path: /d }]\nselection: { exclude_if_present: ['*.x'] }", .badValue, "not a file name"),
        Mistake("sources: [{ path: /d }]\nselection: { one_file_system: yes }", .notAllowed, "is not allowed"),
        Mistake("sources: [{ path: /d }]\nselection: { exclude_larger_than: big }", .badSize, "is not a size"),
        Mistake("sources: [{ path: /d }]\nselection: { hardlinks: last }", .notAllowed, "is not allowed"),
        Mistake("sources: [{ path: /d }]\none_file_system: true", .unknownKey, "unknown key"),
    ]

    @Test("mistakes are told where they are", arguments: mistakes)
    func mistaken(_ mistake: Mistake) throws {
        let found = try problems(mistake.job)
        #expect(found.map(\.code) == [mistake.code], "\(found)")
        #expect(found.first?.message.contains(mistake.words) == true, "\(found)")
    }
}
