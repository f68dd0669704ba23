import Secrets
import Support
import TestSupport
import Testing

@testable import Configuration

@Suite("Values that variables and flags set")
struct OverrideTests {
    private static let file = """
        version: 1
        instance: file
        destinations:
          nas-1: { url: "/backup/{job}" }
          b.c: { url: "/other/{job}", options: { prefix: old } }
        defaults:
          encryption: none
          filters: [{ exclude: "*.tmp" }]
          retention: { keep_versions: 3 }
        jobs:
          photos: { sources: [{ path: /photos }, { path: /raw }], destinations: [nas-1], retention: { tiers: "7d:1d" } }
          "2024": { sources: [{ path: /old }], destinations: [b.c] }

        """

    private func load(
        _ settings: [String], _ environment: [String: String] = [:]
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            utf8: Array(Self.file.utf8), file: "f", folder: "/etc", environment: environment, settings: settings)
    }

    private func problems(_ settings: [String], _ environment: [String: String] = [:]) -> [String] {
        let error = #expect(throws: InvalidConfiguration.self) { try load(settings, environment) }
        return error?.diagnostics.map { "\($0.place): \($0.code.rawValue)" } ?? []
    }

    @Test("a flag sets a value, and is read as what is expected in its place")
    func flag() throws {
        let configuration = try load([
            "instance=12", "jobs.photos.retention.keep_versions=5", "jobs.photos.sources[1].path=/raw: #2",
            "jobs.photos.filters=[{ exclude: \"*.bak\" }]", "jobs.photos.selection={ exclude_caches: true }",
            "jobs.2024.options.compression=best", "destinations.b.c.options.prefix=a=b", "runtime.log.level=warn",
            "destinations.\"b.c\".options.new=007",
        ]).configuration
        #expect(configuration.instance == "12")
        let photos = try #require(configuration.job(named: "photos"))
        #expect(photos.retention?.keepVersions == 5 && photos.retention?.tiers.count == 1)
        #expect(photos.sources.map { $0.path } == ["/photos", "/raw: #2"])
        #expect(photos.filters == [FilterRule(action: .exclude, expression: "*.bak")])
        #expect(photos.selection.excludeCaches)
        #expect(configuration.job(named: "2024")?.options.compression == Compression(level: 12))
        #expect(configuration.destinations["b.c"]?.options["prefix"]?.text == "a=b")
        #expect(configuration.destinations["b.c"]?.options["new"]?.text == "007")
        #expect(configuration.runtime.logLevel == .warn)
    }

    @Test("a variable sets a value, with capitals for keys and `_` for what variables cannot have in names")
    func variable() throws {
        let configuration = try load(
            [],
            [
                "DUNNAGE__INSTANCE": "box", "DUNNAGE__DESTINATIONS__NAS_1__URL": "/elsewhere/{job}",
                "DUNNAGE__DESTINATIONS__B_C__OPTIONS__PREFIX": "new", "DUNNAGE__JOBS__PHOTOS__SOURCES__0__PATH": "/p",
                "DUNNAGE__JOBS__2024__RETENTION__KEEP_VERSIONS": "9", "DUNNAGE__DEFAULTS__OPTIONS__BLOCK_SIZE": "2KiB",
                "DUNNAGE__JOBS__PHOTOS__REPORTS": "[]", "DUNNAGE_OTHER": "x", "dunnage__instance": "x",
            ]
        ).configuration
        #expect(configuration.instance == "box")
        #expect(configuration.destinations["nas-1"]?.url.text == "/elsewhere/{job}")
        #expect(configuration.destinations["b.c"]?.options["prefix"]?.text == "new")
        #expect(configuration.job(named: "photos")?.sources.map { $0.path } == ["/p", "/raw"])
        #expect(configuration.job(named: "2024")?.retention?.keepVersions == 9)
        #expect(configuration.jobs.map { $0.options.blockSize } == [ByteCount(2048), ByteCount(2048)])
    }

    @Test("a flag wins over a variable, a later flag over an earlier one, and both over the file")
    func precedence() throws {
        let variables = ["DUNNAGE__INSTANCE": "variable"]
        #expect(try load([]).configuration.instance == "file")
        #expect(try load([], variables).configuration.instance == "variable")
        #expect(try load(["instance=one", "instance=two"], variables).configuration.instance == "two")
    }

    @Test("setting one of several ways to say a thing replaces the others")
    func alternatives() throws {
        let configuration = try load([
            "jobs.photos.retention.policy=1W:1D,4W:1W", "jobs.photos.encryption.passphrase.env=KEY",
            "jobs.photos.encryption.passphrase.file=/key",
        ]).configuration
        let photos = try #require(configuration.job(named: "photos"))
        #expect(photos.retention?.tiers.count == 2)
        #expect(photos.passphrase.flatMap { configuration.secrets[$0.name] } == .file("/key"))
    }

    @Test("a list of defaults is set where it stands, or replaced whole")
    func listOfDefaults() throws {
        #expect(
            try load(["defaults.filters[0].exclude=*.bak"]).configuration.jobs[0].filters.map { $0.expression }
                == ["*.bak"])
        #expect(problems(["jobs.photos.filters[0].exclude=*.bak"]) == ["--set jobs.photos.filters[0].exclude: E062"])
    }

    @Test("`$` expressions work as in a file")
    func interpolation() throws {
        let loaded = try load(["instance=${NAME}-$$1", "destinations.nas-1.options.note=${X:-y}"], ["NAME": "box"])
        #expect(loaded.configuration.instance == "box-$1")
        #expect(problems(["instance=${NAME}"]) == ["--set instance: E033"])
    }

    @Test("an error names the variable or flag, not a line")
    func errors() throws {
        #expect(problems(["jobs.photos.options.compression=fastt"]) == ["--set jobs.photos.options.compression: E012"])
        #expect(
            problems([], ["DUNNAGE__JOBS__PHOTOS__OPTIONS__BLOCK_SIZE": "big"])
                == ["DUNNAGE__JOBS__PHOTOS__OPTIONS__BLOCK_SIZE: E022"])
        #expect(problems(["jobs.photo.options.compression=fast"]) == ["--set jobs.photo.options.compression: E036"])
        #expect(problems(["secrets.x.env=Y"]) == ["--set secrets.x.env: E030"])
        #expect(problems(["jobs.photos.colour=red"]) == ["--set jobs.photos.colour: E010"])
        #expect(problems(["include=[a.yaml]"]) == ["--set include: E062"])
        #expect(problems(["nothing"]) == ["--set: E062"])
        #expect(problems([".x=1", "a..b=1", "a[x]=1", "=1", "a.=1", "[0]=1"]).allSatisfy { $0 == "--set: E062" })
    }

    @Test("a value that looks like no file's name is never shown when it may be a credential")
    func hidden() throws {
        for setting in [
            "jobs.photos.encryption.passphrase=hunter2", "secrets.a=hunter2", "hunter2", "passwrd=hunter2",
            "destinations.nas-1.options.password={ hunter2", "jobs.photos.encryption={ passphrase: [hunter2] }",
            "destinations.nas-1.url=sftp://a:hunter2@b c", "x.y.z.password.q=hunter2",
        ] {
            for settings in [[setting, "instance="], [setting, setting, "nothing.at.all=1"]] {
                let error = #expect(throws: InvalidConfiguration.self) { try load(settings) }
                #expect(error?.render().contains("hunter2") == false, "\(error?.render() ?? "")")
            }
        }
    }

    @Test("names that a variable cannot tell apart are an error")
    func ambiguous() throws {
        let text = Self.file.replacing("\"2024\":", with: "pho-tos: &p").replacing("photos:", with: "pho_tos:")
        let error = #expect(throws: InvalidConfiguration.self) {
            try ConfigurationLoader.load(
                utf8: Array(text.utf8), file: "f", folder: "/", environment: ["DUNNAGE__JOBS__PHO_TOS__REPORTS": "[]"])
        }
        #expect(error?.diagnostics.map { $0.code } == [.badOverride])
    }

    @Test("random paths and values are answered, never with a crash")
    func random() throws {
        var generator = SeededGenerator.printed("random settings")
        let words = [
            "jobs", "photos", "sources", "[0]", "[9]", "path", "\"", "=", ".", "retention", "tiers", "2024", "b", "c",
            "destinations", "options", "x-y", "[", "]", "{", "}", ":", "&a", "*a", "${X}", "${", "é", "\n", "\0", "-",
        ]
        for _ in 0..<5000 {
            let setting = (0..<Int.random(in: 0..<9, using: &generator)).map { _ in
                words.randomElement(using: &generator) ?? ""
            }.joined(separator: Bool.random(using: &generator) ? "" : ".")
            let name = "DUNNAGE__" + setting.uppercased().replacing(".", with: "__").replacing("\0", with: "")
            do throws(InvalidConfiguration) {
                _ = try load([setting], Bool.random(using: &generator) ? [:] : [name: setting, "\(name)_FILE": ""])
            } catch {
                #expect(error.diagnostics.contains { $0.severity == .error }, "\(setting)")
            }
        }
    }
}
