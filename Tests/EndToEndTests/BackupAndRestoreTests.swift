import Foundation
import JSON
import Support
import Testing

@Suite("The program from one end to the other")
struct BackupAndRestoreTests {
    @Test("back up, change, back up again, look, restore by configuration and from the store alone, verify")
    func everything() throws {
        let home = try Household()
        let first = try home.backUp()
        #expect(first.output.contains("home → disk: version of "))
        #expect(first.output.contains(" 0 modified, 0 removed"))
        let before = try home.manifest("tree")

        // Nothing has changed: nothing is read, nothing is sent, and no version is made.
        let state = try home.storeState()
        let idle = try home.backUp()
        #expect(idle.output.contains("nothing has changed"))
        #expect(try home.storeState() == state)

        try home.shell(
            """
            echo 'Yours sincerely' >> tree/letters/first.txt; rm tree/nothing; mkdir tree/new
            seq 5 > tree/new/five; chmod 600 tree/photo.jpg; ln -sfn photo.jpg tree/link
            """)
        let after = try home.manifest("tree")
        // Versions are a second apart at least, and the second run waits for its own.
        try home.backUp()

        let versions = try home.json("versions", "home", "-c", "dunnage.yaml", "--json")
        #expect(versions["schema"]?.string == "urn:dunnage:versions:v1")
        let list = try #require(versions["versions"]?.array)
        #expect(list.compactMap { $0["number"]?.integer } == [0, 1])
        #expect(list.compactMap { $0["files"]?.integer } == [5, 5])
        let older = try #require(list.last?["time"]?.string)

        let files = try home.json("files", "home", "-c", "dunnage.yaml", "--version", older, "--json")
        #expect(files["version"]?["number"]?.integer == 1)
        let paths = try #require(files["entries"]?.array).compactMap { $0["path"]?.string }
        #expect(paths.contains("\(home.path)/tree/nothing"))
        #expect(paths.contains("\(home.path)/tree/with blank/ümlaut.txt"))
        #expect(!paths.contains("\(home.path)/tree/new/five"))

        let found = try home.json(
            "find", "first.txt", "--store", home.store, "--passphrase-file", "passphrase", "--json")
        let matches = try #require(found["matches"]?.array)
        #expect(matches.compactMap { $0["newest_version"]?.integer } == [1, 0])
        #expect(matches.compactMap { $0["size"]?.integer } == [13, 29])

        // By the configuration: the newest version.
        let restored = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "newest")
        #expect(restored.code == 0, "\(restored.error)")
        #expect(try home.manifest("newest") == after)

        // From nothing but the store and the passphrase: the older version.
        try home.shell("rm -rf state dunnage.yaml")
        let again = try home.dunnage(
            "restore", "--store", home.store, "--passphrase-file", "passphrase", "--version", "1", "--target", "older")
        #expect(again.code == 0, "\(again.error)")
        #expect(try home.manifest("older") == before)

        let verified = try home.dunnage("verify", "--store", home.store, "--passphrase-file", "passphrase")
        #expect(verified.code == 0, "\(verified.error)")
        #expect(verified.output.contains("nothing is damaged or missing"))
    }

    @Test("a single file comes back to where it was, and another one in its place is not lost")
    func inPlace() throws {
        let home = try Household()
        try home.backUp()
        let letter = "\(home.path)/tree/letters/first.txt"
        try home.shell("rm tree/letters/first.txt; rm -rf state")
        let result = try home.dunnage("restore", "home", letter, "-c", "dunnage.yaml")
        #expect(result.code == 0, "\(result.error)")
        #expect(try home.shell("cat tree/letters/first.txt").output == "Dear reader,\n")
        try home.shell("echo mine > tree/letters/first.txt")
        _ = try home.dunnage("restore", "home", letter, "-c", "dunnage.yaml")
        #expect(try home.shell("cat tree/letters/first.txt").output == "mine\n")
        _ = try home.dunnage("restore", "home", letter, "-c", "dunnage.yaml", "--overwrite", "always")
        #expect(try home.shell("cat tree/letters/first.txt").output == "Dear reader,\n")
    }

    @Test("data and log never share a stream, and JSON logs are JSON")
    func streams() throws {
        let home = try Household()
        let run = try home.dunnage("run", "-c", "dunnage.yaml", "--json", "--log-format", "json", "-v")
        let document = try JSONValue(parsing: run.output)
        #expect(document["schema"]?.string == "urn:dunnage:run:v1")
        #expect(document["exit_code"]?.integer == 0)
        #expect(document["reports"]?.array?.first?["job"]?["name"]?.string == "home")
        let lines = run.error.split(separator: "\n")
        #expect(!lines.isEmpty)
        for (index, line) in lines.enumerated() {
            let event = try JSONValue(parsing: String(line))
            #expect(event["time"]?.string != nil && event["level"]?.string != nil && event["message"]?.string != nil)
            // The log begins with the fingerprint of what holds for all jobs.
            #expect((event["config"]?.string?.hasPrefix("sha256:") == true) == (index == 0))
            guard index > 0 else { continue }
            #expect(event["job"]?.string == "home")
            #expect(event["run_id"]?.string?.utf8.count == 26)
        }
        let quiet = try home.dunnage("run", "-c", "dunnage.yaml", "-q")
        #expect(quiet.output.isEmpty && quiet.error.isEmpty)
    }

    @Test("a reader that goes away ends a listing without a word")
    func closedOutput() throws {
        let home = try Household()
        try home.backUp()
        let result = try home.shell("'\(Binary.path)' files home -c dunnage.yaml | head -n 1; true")
        #expect(result.output.hasSuffix("PATH\n"))
        #expect(result.error.isEmpty)
    }

    @Test("files that cannot be read are named and counted, and only fail the run for those who ask")
    func warnings() throws {
        let home = try Household()
        try home.shell("mkfifo tree/pipe; printf x > \"tree/$(printf 'not\\377utf8')\"")
        let result = try home.dunnage("run", "-c", "dunnage.yaml", "--fail-on", "warning")
        #expect(result.code == 3, "\(result.error)")
        #expect(result.output.contains("1 warning"))
        #expect(result.error.contains("code=W204"))
        #expect(try home.dunnage("run", "-c", "dunnage.yaml").code == 0)
    }
}
