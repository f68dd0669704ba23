import JSON
import Testing

/// The configuration language, as users meet it on the command line.
@Suite("The language of the program")
struct LanguageTests {
    private let home: Household

    init() throws {
        home = try Household()
        try home.write(
            """
            version: 1
            runtime: { state_dir: state }
            defaults:
              encryption: none
              destinations: [disk]
              slo: { rto: 1h }
            destinations: { disk: { url: "file://${HOME}/stores/{job}" } }
            jobs:
              letters: { sources: [{ path: "${HOME}/letters" }] }
              attic: { sources: [{ path: "${HOME}/letters" }], enabled: false }
              template: { enabled: false, retention: { keep_within: 30d } }
            """, to: "language.yaml")
        try home.shell("mkdir letters stores stores/letters stores/attic && echo dear > letters/one")
    }

    @Test("a run leaves out jobs that are off, unless they are named, and says what it does not act on")
    func enabled() throws {
        let all = try home.dunnage("run", "-c", "language.yaml", "--json")
        #expect(all.code == 0, "\(all.error)")
        let reports = try #require(try JSONValue(parsing: Array(all.output.utf8))["reports"]?.array)
        #expect(reports.map { $0["job"]?["name"]?.string } == ["letters"])
        let warnings = all.error.split(separator: "\n").filter { $0.contains("does not act on it yet") }
        #expect(warnings.count == 1 && warnings.first?.contains("`rto`") == true, "\(all.error)")
        #expect(try home.dunnage("run", "attic", "-c", "language.yaml", "-q").code == 0)
        #expect(try home.dunnage("run", "template", "-c", "language.yaml", "-q").code == 2)
    }

    @Test("a policy that does not hold fails the validation, and is a warning of the run")
    func policy() throws {
        try home.shell("printf '\\npolicy: [{ rule: encryption_required }]\\n' >> language.yaml")
        let validated = try home.dunnage("validate", "language.yaml")
        #expect(validated.code == 78)
        #expect(validated.output.contains("error[P201]: jobs.letters stores in the clear"))
        #expect(!validated.output.contains("is valid"))
        let json = try JSONValue(parsing: Array(try home.dunnage("validate", "language.yaml", "--json").output.utf8))
        #expect(json["valid"]?.bool == false)
        let run = try home.dunnage("run", "-c", "language.yaml")
        #expect(run.code == 0 && run.error.contains("encryption_required"), "\(run.error)")
    }

    @Test("the language is printed for editors and for people, also into a file")
    func published() throws {
        let schema = try home.dunnage("config", "schema")
        #expect(schema.code == 0)
        let parsed = try JSONValue(parsing: Array(schema.output.utf8))
        #expect(parsed["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(parsed["properties"]?["jobs"] != nil && parsed["$defs"]?["credential"] != nil)
        #expect(try home.dunnage("config", "schema", "--output", "schema.json").output.isEmpty)
        #expect(try home.shell("cat schema.json").output == schema.output)
        #expect(try home.dunnage("config", "reference").output.contains("| `catch_up` |"))
        #expect(try home.dunnage("config", "schema", "-o", "/nowhere/schema.json").code != 0)
    }

    @Test("shells complete the names of jobs")
    func completion() throws {
        let script = try home.dunnage("--generate-completion-script", "bash")
        #expect(script.code == 0 && script.output.contains("---completion run"))
        let names = try home.dunnage(
            "---completion", "run", "--", "positional@0", "4", "0", "dunnage", "run", "-c", "language.yaml", "")
        #expect(names.output.split(separator: "\n").sorted() == ["attic", "letters"], "\(names.output)\(names.error)")
    }

    @Test(
        "shells complete what can be set: keys, names of the file, words",
        arguments: [
            ("run", ["runtime."]), ("runtime.log.", ["runtime.log.format=", "runtime.log.level="]),
            ("jobs.le", ["jobs.letters."]), ("jobs.letters.compact.th", ["jobs.letters.compact.threshold="]),
            ("runtime.log.format=", ["runtime.log.format=json", "runtime.log.format=text"]),
            ("nothing.at.all", []),
        ])
    func setting(written: String, expected: [String]) throws {
        let shown = try home.dunnage(
            "---completion", "run", "--", "--set", "5", "\(written.count)", "dunnage", "run", "-c", "language.yaml",
            "--set",
            written)
        #expect(shown.output.split(separator: "\n").map(String.init).sorted() == expected, "\(shown.error)")
    }
}
