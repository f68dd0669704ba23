import Configuration
import Jobs
import Reporting
import Support
import Testing

@Suite("Explaining why a path is backed up or left out")
struct PathExplanationTests {
    private func load(_ fixture: Fixture) throws -> LoadedConfiguration {
        try fixture.write(
            """
            filter_sets:
              junk:
                - exclude: "*.tmp"
            """, to: "sets.yaml")
        try fixture.write(
            """
            version: 1
            include: [sets.yaml]
            runtime: { state_dir: \(fixture.path)/source/state }
            destinations: { disk: { url: "file://\(fixture.path)/backup" } }
            defaults:
              selection: { exclude_if_present: [.stop, .no], exclude_larger_than: 3B }
            jobs:
              home:
                sources:
                  - path: \(fixture.path)/source
                  - { path: /dump, command: [pg_dump, app] }
                filters:
                  - include: "*/keep.tmp"
                  - use: junk
                encryption: none
                destinations: [disk]
            """, to: "dunnage.yaml")
        let input = ConfigurationInput(
            ["\(fixture.path)/dunnage.yaml"], settings: ["jobs.home.selection.one_file_system=true"])
        return try ConfigurationLoader.load(input, environment: fixture.environment)
    }

    private func last(_ path: String, _ fixture: Fixture, _ loaded: LoadedConfiguration) throws -> String {
        let explanation = try PathExplanation(path, job: "home", in: loaded, environment: fixture.environment)
        let step = try #require(explanation.steps.last)
        let place = step.origin.map { " at \($0.place)\($0.through.map { " (\($0))" } ?? "")" } ?? ""
        return "\(step.outcome) \(step.reason)\(place)".replacing("\(fixture.path)/", with: "")
    }

    @Test("the deciding line is named, also when it comes from a set, from defaults, or from another file")
    func origins() throws {
        let fixture = try Fixture()
        let loaded = try load(fixture)
        let source = "\(fixture.path)/source"
        for (name, text) in [("x.tmp", "x"), ("keep.tmp", "x"), ("big", "12345"), ("small", "1")] {
            try fixture.write(text, to: "source/\(name)")
        }
        try FileTree.createFolder("\(source)/marked")
        try fixture.write("", to: "source/marked/.no")
        #expect(
            try last("\(source)/x.tmp", fixture, loaded) == "leftOut exclude: *.tmp at sets.yaml:3 (filter_sets.junk)")
        #expect(try last("\(source)/keep.tmp", fixture, loaded) == "stored include: */keep.tmp at dunnage.yaml:13")
        #expect(
            try last("\(source)/big", fixture, loaded)
                == "leftOut selection.exclude_larger_than: it has 5 B at dunnage.yaml:6 (defaults)")
        #expect(
            try last("\(source)/marked/x", fixture, loaded)
                == "leftOut selection.exclude_if_present: it holds .no at dunnage.yaml:6 (defaults)")
        #expect(try last("\(source)/small", fixture, loaded) == "stored no filter matches")
        #expect(try last(source, fixture, loaded) == "stored a source at dunnage.yaml:10")
        #expect(try last("\(source)/state", fixture, loaded).hasPrefix("leftOut Dunnage's own files"))
        #expect(try last("/dump", fixture, loaded) == "stored the output of `pg_dump`")
        #expect(try last("/elsewhere", fixture, loaded) == "leftOut neither a source nor below one at dunnage.yaml:10")
    }

    @Test("a job that is not there, and a relative path, are mistakes of the command line")
    func usage() throws {
        let fixture = try Fixture()
        let loaded = try load(fixture)
        for (path, job) in [("/x", "hoem"), ("x", "home")] {
            let error = #expect(throws: Failure.self) {
                try PathExplanation(path, job: job, in: loaded, environment: [:])
            }
            #expect(error?.exitCode == .usage)
        }
    }

    @Test("a report names the fingerprint, and what was set on top of the file")
    func report() throws {
        var fixture = try Fixture()
        fixture.environment = ["REPORT_KEY": "a key of some length", "DUNNAGE__INSTANCE": "box"]
        let result = try fixture.run(fixture.text(reportingTo: "http://127.0.0.1:1"))
        #expect(result.report.instance.name == "box")
        #expect(result.report.configuration?.overrides == ["DUNNAGE__INSTANCE"])
        #expect(result.report.configuration?.hash.hasPrefix("sha256:") == true)
    }
}
