import Secrets
import Support
import Testing

@testable import Configuration

@Suite("Effective values, where they come from, and the fingerprint")
struct EffectiveValueTests {
    private let text = """
        version: 1
        instance: box
        runtime: { state_dir: state }
        secrets: { key: { env: KEY } }
        destinations:
          disk: { url: "/b/{job}", options: { note: "a$$b", number: 007, flag: true, word: "true" } }
        filter_sets:
          junk:
            - exclude: "*.tmp"
        defaults:
          encryption: { passphrase: { secret: key } }
          retention: { keep_versions: 3 }
        jobs:
          base:
            sources: [{ path: /a }]
            destinations: [disk]
            filters: [{ use: junk }, { include: "/a/[x" }]
          own:
            extends: base
            sources: [{ path: "${PLACE}" }]

        """
    private let environment = ["PLACE": "/home/ann: #1", "API_TOKEN": "hunter2", "DUNNAGE__INSTANCE": "laptop"]

    private func load(
        _ text: String? = nil, _ settings: [String] = [], environment: [String: String]? = nil
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            utf8: Array((text ?? self.text).utf8), file: "f.yaml", folder: "/etc",
            environment: environment ?? self.environment, settings: settings)
    }

    @Test("every value knows its file and line, or its variable, flag or default")
    func origins() throws {
        let folder = try ConfigurationFolder([
            "a.yaml": text, "b.yaml": "x-b: 1\nreports: { r: { webhook: { url: http://r } } }\n",
        ])
        try folder.write("a.yaml", text + "include: [b.yaml]\n")
        let loaded = try folder.load(
            "a.yaml", settings: ["jobs.own.reports=[r]", "jobs.base.options.compression=best"], environment: environment
        )
        func place(_ keys: String...) -> String {
            var value: EffectiveValue? = loaded.effective
            for key in keys { value = Int(key).flatMap { value?.items[$0] } ?? value?[key] }
            let through = value?.origin.through.map { " (\($0))" } ?? ""
            return (value.map { "\($0.origin.kind.rawValue) \($0.origin.place)\(through)" } ?? "none")
                .replacing("\(folder.path)/", with: "")
        }
        #expect(place("instance") == "env DUNNAGE__INSTANCE")
        #expect(place("jobs", "own", "sources", "0", "path") == "file a.yaml:20")
        #expect(place("jobs", "own", "destinations", "0") == "file a.yaml:16 (jobs.base)")
        #expect(place("jobs", "own", "filters", "0", "exclude") == "file a.yaml:9 (filter_sets.junk)")
        #expect(place("jobs", "own", "retention", "keep_versions") == "file a.yaml:12 (defaults)")
        #expect(place("jobs", "own", "reports", "0") == "flag --set jobs.own.reports")
        #expect(place("jobs", "own", "options", "compression") == "flag --set jobs.base.options.compression")
        #expect(place("reports", "r", "webhook", "url") == "include b.yaml:2")
        #expect(place("runtime", "log", "format") == "default default")
        #expect(place("runtime", "shutdown_grace") == "default default")
        #expect(place("defaults") == "none" && place("filter_sets") == "none" && place("include") == "none")
        #expect(place("jobs", "own", "extends") == "none" && place("x-b") == "none")
    }

    @Test("what is shown is a configuration that means the same")
    func roundTrip() throws {
        let loaded = try load()
        for shown in [loaded.effective.yaml(origins: false), loaded.effective.yaml(origins: true)] {
            let again = try load(shown, environment: [:])
            #expect(again.warnings == [])
            let (a, b) = (again.configuration, loaded.configuration)
            #expect(a.destinations == b.destinations && a.secrets == b.secrets && a.instance == b.instance)
            #expect(a.jobs.map { $0.filters } == b.jobs.map { $0.filters })
            #expect(a.jobs.map { $0.sources } == b.jobs.map { $0.sources })
            #expect(a.runtime.stateDirectory == "/etc/state")
        }
        let plain = loaded.effective.yaml(origins: false)
        #expect(try load(plain, environment: [:]).configuration.hash == loaded.configuration.hash)
        #expect(try load(plain, environment: [:]).configuration.jobs == loaded.configuration.jobs)
    }

    @Test("any text comes back from YAML as it was")
    func quoting() throws {
        let texts = [
            "a: b", "a #b", "- a", "*a", "&a", "yes", "true", "null", "1", "1.0", " a", "a ", "\"", "\\", "'", "a\nb",
            "\t", "{a}", "[a]", "%", "@a", "`", "é日本", "a:", "?", "|", ">", "!", "a\u{85}b", "a\u{2028}b",
            "${secret:key}",
            "~", "0x1F", "=", "<<", "\u{FEFF}a", "a,b", "a]", "a}",
        ]
        for text in texts {
            let loaded = try load(nil, ["instance=\(text.replacing("$", with: "$$"))"])
            #expect(loaded.configuration.instance == text)
            let again = try load(loaded.effective.yaml(origins: true), environment: [:])
            #expect(again.configuration.instance == text, "\(text.debugDescription)")
        }
    }

    @Test("secrets are shown as references, and credentials not at all")
    func secrets() throws {
        let loaded = try load(
            nil,
            [
                "jobs.own.encryption.passphrase=hunter2", "destinations.disk.options.password=hunter2",
                "destinations.disk.url=sftp://me:hunter2@host/{job}", "destinations.disk.options.token=${API_TOKEN}",
                "destinations.disk.options.query=x/${API_TOKEN}/y",
                "destinations.disk.options.other=${API_TOKEN:-hunter2}",
                "destinations.disk.options.private_key=${secret:key}",
            ])
        for shown in [
            loaded.effective.yaml(origins: false), loaded.effective.yaml(origins: true), "\(loaded.effective)",
        ] {
            #expect(!shown.contains("hunter2"), "\(shown)")
        }
        let shown = loaded.effective.yaml(origins: false)
        #expect(shown.contains("token: \"${API_TOKEN}\"") && shown.contains("query: \"x/${API_TOKEN}/y\""))
        #expect(shown.contains("private_key: \"${secret:key}\"") && shown.contains("sftp://me:••••@host/{job}"))
        #expect(shown.contains("secret: key"))
    }

    @Test("the fingerprint follows the meaning: not comments, order, files or where a value stands")
    func fingerprint() throws {
        let hash = try load().configuration.hash
        #expect(hash.hasPrefix("sha256:") && hash.count == 71)
        #expect(try load("# more\n" + text.replacing("\n", with: "\r\n")).configuration.hash == hash)
        #expect(
            try load(text.replacing("{ use: junk }", with: "{ exclude: \"*.tmp\" }") + "x-more: 1\n").warnings.count
                == 1)
        let inline = text.replacing("{ use: junk }", with: "{ exclude: \"*.tmp\" }")
        #expect(try load(inline).configuration.hash == hash)
        #expect(
            try load(text.replacing("instance: box", with: "instance: laptop"), environment: ["PLACE": "/home/ann: #1"])
                .configuration.hash == hash)
        let folder = try ConfigurationFolder([
            "a.yaml": text.replacing("state_dir: state", with: "state_dir: /etc/state").replacing(
                "secrets: { key: { env: KEY } }\n", with: ""),
            "b.yaml": "secrets: { key: { env: KEY } }\n",
        ])
        #expect(try folder.load("", environment: environment).configuration.hash == hash)
        for setting in ["jobs.own.retention.keep_versions=4", "instance=other", "jobs.own.filters=[]"] {
            #expect(try load(nil, [setting]).configuration.hash != hash, "\(setting)")
        }
    }

    @Test("the fingerprint follows a credential that is written in place, and tells nothing about it")
    func salted() throws {
        func value(_ password: String, _ instance: String = "box") throws -> EffectiveValue {
            let loaded = try load(
                nil, ["destinations.disk.options.password=\(password)", "instance=\(instance)"])
            return try #require(loaded.effective["destinations"]?["disk"]?["options"]?["password"])
        }
        guard case .hidden(_, let digest) = try value("hunter2").content else {
            Issue.record("shown")
            return
        }
        #expect(digest.count == 2)
        #expect(try value("hunter3").content != value("hunter2").content)
        #expect(try value("hunter2", "other").content != value("hunter2").content)
    }
}
