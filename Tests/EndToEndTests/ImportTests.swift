import Foundation
import JSON
import Testing

/// Moving from another program, as users do it on the command line.
@Suite("Importing from other programs")
struct ImportTests {
    private let home: Household

    init() throws {
        home = try Household()
        try home.shell("mkdir letters archive && echo dear > letters/one && echo junk > letters/two.tmp")
        try home.shell("echo 'many words of a key' > key")
        try home.write(
            """
            BACKUP_SOURCES=${HOME}/letters
            BACKUP_ARCHIVE=${HOME}/archive
            BACKUP_EXCLUDE_REGEXP=\\.tmp$
            GPG_PASSPHRASE=a passphrase of words
            BACKUP_RETENTION_DAYS=7
            """, to: "letters.env")
        try home.write(
            """
            source_directories: ["${HOME}/letters"]
            repositories: [{ path: "${HOME}/archive/borg" }]
            exclude_patterns: ["*.tmp"]
            encryption_passphrase: a passphrase of words
            keep_daily: 7
            """, to: "letters.yaml")
        try home.write(
            """
            letters:
              repository: "${HOME}/archive/restic"
              password-file: key
              backup: { source: ["${HOME}/letters"], exclude: ["*.tmp"], schedule: daily }
            """, to: "profiles.yaml")
        try home.write(
            "duplicati-cli backup \"file://$HOME/archive/duplicati\" \"%HOME%/letters/\" --backup-name=letters "
                + "--passphrase='a passphrase of words' '--exclude=*.tmp'", to: "export.txt")
        try home.shell("sed -i \"s|\\$HOME|$HOME|; s|\\${HOME}|$HOME|\" export.txt letters.env")
    }

    @Test(
        "what is imported runs as it is, with secrets in files of their own, and stores what was meant",
        arguments: [
            ("offen", "letters.env"), ("borgmatic", "letters.yaml"), ("resticprofile", "profiles.yaml"),
            ("duplicati-command", "export.txt"),
        ])
    func runs(kind: String, file: String) throws {
        let imported = try home.dunnage(
            "import", kind, file, "--output", "imported.yaml", "--secrets-folder", "secrets")
        #expect(imported.code == 0, "\(imported.error)")
        #expect(imported.output.isEmpty && imported.error.contains("imported 1 job: letters; written to imported.yaml"))
        #expect(!imported.error.contains("passphrase of words"))
        let run = try home.dunnage(
            "run", "letters", "-c", "imported.yaml", "--set", "runtime.state_dir=\(home.path)/state")
        #expect(run.code == 0, "\(run.error)")
        let files = try home.dunnage(
            "files", "letters", "-c", "imported.yaml", "--set", "runtime.state_dir=\(home.path)/state")
        #expect(files.output.contains("letters/one") && !files.output.contains("two.tmp"), "\(files.output)")
    }

    @Test("secrets are readable by their owner alone, and what is there stays as it is")
    func secrets() throws {
        func again() throws -> Binary.Result {
            try home.dunnage("import", "offen", "letters.env", "--secrets-folder", "secrets")
        }
        #expect(try again().error.contains("in \(home.path)/secrets/letters_passphrase: written"))
        let listing = try home.shell("stat -c %a secrets secrets/letters_passphrase").output
        #expect(listing == "700\n600\n")
        try home.shell("echo mine > secrets/letters_passphrase")
        #expect(try again().error.contains("there already, and left as it is"))
        #expect(try home.shell("cat secrets/letters_passphrase").output == "mine\n")
    }

    @Test("a configuration that is there is not overwritten")
    func noOverwriting() throws {
        try home.write("mine", to: "imported.yaml")
        #expect(try home.dunnage("import", "offen", "letters.env", "-o", "imported.yaml").code != 0)
        #expect(try home.shell("cat imported.yaml").output == "mine")
    }

    @Test("for machines there is one JSON object, without the values of secrets")
    func json() throws {
        let result = try home.dunnage("import", "borgmatic", "letters.yaml", "--json", "--name", "mail")
        let document = try JSONValue(parsing: Array(result.output.utf8))
        #expect(document["jobs"]?.array == [.string("mail")])
        #expect(document["keeps_store"]?.bool == false)
        #expect(document["secrets"]?.array?.first?["env"]?.string == "MAIL_PASSPHRASE")
        #expect(document["secrets"]?.array?.first?["known"]?.bool == true)
        #expect(document["notes"]?.array?.contains { $0["kind"]?.string == "open" } == true)
        #expect(document["configuration"]?.string?.contains("jobs:\n  mail:") == true)
        #expect(!result.output.contains("passphrase of words"))
        #expect(result.error.isEmpty)
    }

    @Test("what is no job description ends with the code of a configuration that cannot be used")
    func refused() throws {
        let result = try home.dunnage("import", "duplicati", "letters.env")
        #expect(result.code == 78 && result.error.contains("is not JSON"), "\(result.error)")
        #expect(try home.dunnage("import", "kopia", "letters.env").code == 2)
        #expect(try home.dunnage("import", "offen", "missing.env").code != 0)
    }

    @Test("what came of every sample can be planned")
    func planned() throws {
        let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../ImportingTests/Goldens").standardizedFileURL
        var count = 0
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: goldens, includingPropertiesForKeys: nil))
        where file.lastPathComponent.hasSuffix(".yaml") && !file.lastPathComponent.hasSuffix(".input.yaml") {
            count += 1
            let plan = try home.dunnage("plan", file.path, "--offline")
            #expect(plan.code == 0, "\(file.path): \(plan.output)\(plan.error)")
        }
        #expect(count >= 23)
    }
}
