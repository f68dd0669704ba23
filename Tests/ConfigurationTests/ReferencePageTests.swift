import Glibc
import JSON
import Secrets
import Support
import Testing

@testable import Configuration

/// `docs/configuration.md`: its example works, and its tables are those of the code.
@Suite(.serialized) struct ReferencePageTests {
    private static let path = "\(Goldens.folder)/../../../docs/configuration.md"

    private func page() throws -> String {
        String(decoding: try ConfigurationFile.read(Self.path), as: UTF8.self)
    }

    private func part(_ text: String, from start: String, to end: String) throws -> Substring {
        let begin = try #require(text.firstRange(of: start)).upperBound
        let rest = text[begin...]
        return rest[..<(try #require(rest.firstRange(of: end)).lowerBound)]
    }

    @Test("the complete example loads without a warning")
    func example() throws {
        let yaml = try part(
            try page(), from: "<!-- example: loaded by the tests -->\n```yaml test=complete file=dunnage.yaml\n",
            to: "```")
        let environment = ["HOME": "/home/anna"]
        let loaded = try ConfigurationLoader.load(
            utf8: Array(yaml.utf8), file: "example.yaml", folder: "/config", environment: environment)
        #expect(loaded.warnings == [])

        let configuration = loaded.configuration
        #expect(configuration.instance == "homelab-01")
        #expect(configuration.runtime.stateDirectory == "/state")
        #expect(configuration.jobs.map { $0.name } == ["photos", "configs", "public-files"])
        let photos = try #require(configuration.job(named: "photos"))
        #expect(photos.retention?.tiers.count == 3)
        #expect(photos.retention?.keepWithin == CalendarDuration(seconds: 30 * 86_400))
        #expect(photos.filters.map { $0.action } == [.include, .exclude, .exclude, .exclude])
        #expect(photos.options.volumeSize == ByteCount(200 << 20))
        let configs = try #require(configuration.job(named: "configs"))
        #expect(configs.sources.map { $0.path } == ["/etc", "/home/anna/compose"])
        #expect(configs.passphrase == SecretReference("backup_passphrase"))
        #expect(configs.filters.map { $0.expression } == ["*/.cache/", "*.tmp"])
        #expect(configs.reports == ["ops"])
        let files = try #require(configuration.job(named: "public-files"))
        #expect(files.encryption == .none && files.reports.isEmpty)

        let nas = try #require(configuration.destinations["nas"])
        #expect(nas.url(forJob: "photos").text == "file:///mnt/nas/backups/photos")
        let store = SecretStore(sources: configuration.secrets, environment: ["MONITOR_TOKEN": "p@ss/ wörd"])
        let hook = try #require(configuration.reports["ops"]?.webhook).url(forJob: "photos")
        #expect(try store.resolveURL(hook) == "https://monitor.example.com/hooks/p%40ss%2F%20w%C3%B6rd")
    }

    @Test(
        "the examples of the repository load without a warning",
        arguments: [
            "examples/compose/demo", "examples/compose/nas", "examples/compose/several-destinations",
            "examples/compose/web-application", "examples/kubernetes", "examples/quickstart", "examples/several-files",
            "packaging/debian",
        ])
    func examples(_ folder: String) throws {
        let path = "\(Goldens.folder)/../../../\(folder)/dunnage.yaml"
        #expect(try ConfigurationLoader.load(path: path, environment: [:]).warnings == [])
    }

    @Test(
        "what is published of the language is what the program reads",
        arguments: ["docs/configuration-reference.md", "schema/backup.v1.json"])
    func published(_ name: String) throws {
        let path = "\(Goldens.folder)/../../../\(name)"
        let expected =
            name.hasSuffix(".md")
            ? Array(SchemaReference.markdown().utf8)
            : JSONSchema.document().serialized(pretty: true) + [UInt8(ascii: "\n")]
        if getenv("UPDATE_GOLDENS") != nil {
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try expected.withUnsafeBytes { try file.write(all: $0) }
        }
        #expect(
            try ConfigurationFile.read(path) == expected,
            "out of date: `UPDATE_GOLDENS=1 swift test --filter ReferencePageTests` writes it anew")
    }
}
