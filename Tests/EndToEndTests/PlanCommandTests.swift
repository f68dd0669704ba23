import JSON
import TestSupport
import Testing

/// Plans, as users and pipelines meet them on the command line.
@Suite("A plan on the command line")
struct PlanCommandTests {
    private let home: Household

    init() throws {
        home = try Household()
        try home.backUp()
        for text in ["one", "two", "three"] {
            try home.shell("echo \(text) > tree/letters/first.txt")
            try home.backUp()
        }
        try home.write(
            home.configuration(job: "    retention: { keep_versions: 1, max_delete: 2 }\n"), to: "new.yaml")
    }

    private func plan(_ arguments: String...) throws -> Binary.Result {
        try Binary.run(["plan", "new.yaml", "--against", "dunnage.yaml"] + arguments, in: home.path)
    }

    @Test(
        "exit codes tell changes from destructive ones only when asked, and a gate refuses until it is given the hash")
    func exitCodes() throws {
        let shown = try plan("--json")
        #expect(shown.code == 0, "\(shown.error)")
        let document = try JSONValue(parsing: Array(shown.output.utf8))
        #expect(document["schema"]?.string == "urn:dunnage:plan:v1" && document["approval"]?.string == "needed")
        #expect(document["deleted_versions"]?.integer == 3 && document["destructive"]?.bool == true)
        let hash = try #require(document["hash"]?.string)
        #expect(try plan("--detailed-exitcode").code == 21)
        #expect(try plan("--check").code == 4)
        #expect(try plan("--approve", "sha256:0000", "--detailed-exitcode").code == 4)
        #expect(try plan("--approve", hash).code == 0)
        #expect(try plan("--approve", hash, "--detailed-exitcode").code == 21)
        #expect(try plan("--set", "jobs.home.retention.keep_versions=3", "--detailed-exitcode").code == 20)
        let same = try home.dunnage(
            "plan", "dunnage.yaml", "--against", "dunnage.yaml", "--detailed-exitcode", "--check")
        #expect(same.code == 0 && same.output.contains("Nothing changes."))
        // Unread, nobody knows.
        #expect(try plan("--offline", "--check").code == 4)
        let versions = try home.dunnage("versions", "home", "-c", "dunnage.yaml", "--json")
        #expect(try JSONValue(parsing: Array(versions.output.utf8))["versions"]?.array?.count == 4)
    }

    @Test("no form of a plan has the passphrase, nor a password that is written in place, nor does the log")
    func secrets() throws {
        let url = "webdavs://anna:hunter2secret@127.0.0.1:1/store"
        let text =
            home.configuration().replacing("destinations:\n", with: "destinations:\n  nas: { url: \"\(url)\" }\n")
            .replacing("[disk]", with: "[disk, nas]") + "    retention: { keep_versions: 2 }\n"
        try home.write(text, to: "new.yaml")
        for format in ["text", "json", "markdown"] {
            let result = try plan("--format", format, "-vv")
            #expect(result.code == 0, "\(result.error)")
            for hidden in ["hunter2secret", "correct horse"] {
                #expect(!result.output.contains(hidden) && !result.error.contains(hidden), "\(format)")
            }
            #expect(result.output.contains("nas"))
        }
    }

    @Test("a candidate that cannot be used is told in the form that was asked for")
    func broken() throws {
        try home.write("version: 1\njbos: {}\n", to: "new.yaml")
        let json = try plan("--json")
        #expect(json.code == 78)
        #expect(try JSONValue(parsing: Array(json.output.utf8))["valid"]?.bool == false)
        let markdown = try plan("--format", "markdown")
        #expect(markdown.code == 78 && markdown.output.contains("The configuration cannot be used"))
        #expect(try plan().output.contains("new.yaml:2:1"))
        let other = try home.dunnage("plan", "dunnage.yaml", "--against", "new.yaml")
        #expect(other.code == 78 && other.error.contains("to compare with, cannot be used"))
    }
}
