import Glibc
import Secrets
import Support
import TestSupport
import Testing

@testable import Configuration

@Suite struct ConfigurationLoaderTests {
    private func load(
        _ text: String, environment: [String: String] = [:]
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "test.yaml", folder: "/etc/dunnage", environment: environment)
    }

    private let minimal = """
        version: 1
        destinations: { nas: { url: "/backup" } }
        jobs:
          a: { sources: [{ path: /srv/ }], encryption: none, destinations: [nas] }

        """

    @Test("the smallest file leaves everything else to the program")
    func smallest() throws {
        let configuration = try load(minimal).configuration
        let job = try #require(configuration.jobs.first)
        #expect(configuration.instance == "dunnage")
        #expect(configuration.runtime.stateDirectory == nil && configuration.runtime.logLevel == nil)
        #expect(job.name == "a" && job.sources.map { $0.path } == ["/srv"] && job.destinations == ["nas"])
        #expect(job.encryption == .none && job.passphrase == nil)
        #expect(job.retention == nil && job.filters.isEmpty && job.reports.isEmpty)
        #expect(job.options.blockSize == nil && job.options.volumeSize == nil && job.options.compression == nil)
        #expect(configuration.secrets.isEmpty && configuration.reports.isEmpty)
    }

    @Test("a file is read from its path, and relative paths start at its folder")
    func fromFile() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/dunnage.yaml"
        let text =
            minimal.replacing("encryption: none", with: "encryption: { passphrase: { file: ./key } }")
            + "runtime: { state_dir: state }\n"
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
        let configuration = try ConfigurationLoader.load(path: path, environment: [:]).configuration
        #expect(configuration.runtime.stateDirectory == "\(folder.path)/state")
        #expect(Array(configuration.secrets.values) == [.file("\(folder.path)/key")])
    }

    @Test("a folder without a file in it is an error, not a crash")
    func emptyFolder() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: InvalidConfiguration.self) {
            try ConfigurationLoader.load(path: folder.path, environment: [:])
        }
        #expect(error?.diagnostics.map { $0.code } == [.unreadable])
    }

    @Test("defaults merge by key, lists replace, and a credential is replaced whole")
    func defaults() throws {
        let configuration = try load(
            """
            version: 1
            secrets: { one: { env: ONE } }
            destinations: { nas: { url: "/backup/{job}" }, disk: { url: "/disk/{job}" } }
            defaults:
              encryption: { passphrase: { secret: one } }
              destinations: [nas]
              filters: [{ exclude: "*.tmp" }]
              retention: { tiers: "7d:1d", min_versions: 3 }
              options: { block_size: 100KiB, compression: best }
            jobs:
              a: { sources: [{ path: /a }] }
              b:
                sources: [{ path: /b }]
                encryption: { passphrase: { env: TWO } }
                destinations: [disk]
                filters: []
                retention: { tiers: [{ for: forever, every: all }], keep_versions: 5 }
                options: { block_size: 1MiB }
              c: { sources: [{ path: /c }], encryption: none }
            """
        ).configuration
        let a = try #require(configuration.job(named: "a"))
        let b = try #require(configuration.job(named: "b"))
        #expect(a.passphrase == SecretReference("one") && a.destinations == ["nas"] && a.filters.count == 1)
        #expect(a.options.blockSize == ByteCount(102_400) && a.options.compression == Compression(level: 12))
        #expect(b.passphrase == SecretReference("jobs.b.encryption.passphrase"))
        #expect(configuration.secrets["jobs.b.encryption.passphrase"] == .environment("TWO"))
        #expect(b.destinations == ["disk"] && b.filters.isEmpty)
        #expect(b.retention?.tiers == [.init(period: nil, interval: nil)])
        #expect(b.retention?.minVersions == 3 && b.retention?.keepVersions == 5)
        #expect(b.options.blockSize == ByteCount(1 << 20) && b.options.compression == Compression(level: 12))
        #expect(configuration.job(named: "c")?.encryption == JobSpecification.Encryption.none)
        #expect(configuration.destinations["nas"]?.url(forJob: "a").text == "/backup/a")
    }

    @Test("keys that begin with x- are ignored anywhere, with everything below them")
    func extensions() throws {
        let loaded = try load(
            minimal.replacing(
                "jobs:\n", with: "jobs:\n  x-template: { what: [ever, $NOT, {] }\n".replacing("{]", with: "\"{\"]")
            )
            .replacing("url: \"/backup\"", with: "url: /backup, x-note: \"${secret:nobody} ${UNSET}\"") + "x-top: ~\n")
        #expect(loaded.warnings.isEmpty && loaded.configuration.jobs.count == 1)
    }

    @Test("what is checked after a backup is a number, a share, off, or a mapping with the occasion")
    func verification() throws {
        func read(_ verify: String) throws -> VerificationSpecification? {
            try load(minimal.replacing("encryption: none", with: "encryption: none\(verify)")).configuration.jobs.first?
                .verification
        }
        #expect(try read("") == VerificationSpecification(amount: .sets(1), occasion: .changed))
        #expect(try read(", verify: { after_backup: 3 }") == VerificationSpecification(amount: .sets(3)))
        #expect(try read(", verify: { after_backup: 2.5% }") == VerificationSpecification(amount: .percent(2.5)))
        #expect(try read(", verify: { after_backup: off }") == VerificationSpecification(amount: .off))
        #expect(
            try read(", verify: { after_backup: { samples: 5%, when: always } }")
                == VerificationSpecification(amount: .percent(5), occasion: .always))
        let error = #expect(throws: InvalidConfiguration.self) { try read(", verify: { after_backup: 101% }") }
        #expect(error?.diagnostics.map { $0.code } == [.badValue])
    }

    @Test("a value with variables has the type of its result, in quotes too")
    func variables() throws {
        let text =
            minimal.replacing("encryption: none", with: "encryption: none, retention: { keep_versions: \"${N}\" }")
            + "instance: ${N}\nruntime: { log: { level: \"${LEVEL:-debug}\" } }\n"
        let configuration = try load(text, environment: ["N": "7"]).configuration
        #expect(configuration.jobs.first?.retention?.keepVersions == 7)
        #expect(configuration.instance == "7" && configuration.runtime.logLevel == .debug)
        let error = #expect(throws: InvalidConfiguration.self) { try load(text, environment: ["N": "seven"]) }
        #expect(error?.diagnostics.map { $0.code } == [.wrongType])
    }

    @Test("a variable cannot add YAML")
    func injection() throws {
        let loaded = try load(minimal + "instance: ${I}\n", environment: ["I": "x\njobs: {}\n# \"'{["])
        #expect(loaded.configuration.instance == "x\njobs: {}\n# \"'{[")
    }

    @Test("credentials become references, whatever their form")
    func credentials() throws {
        let configuration = try load(
            """
            version: 1
            secrets: { key: { file: /run/key } }
            destinations:
              nas: { url: "sftp://u:${secret:key}@${HOST}/{job}", options: { token: "a-${secret:key}", port: 22, tls: true } }
            jobs:
              a: { sources: [{ path: /a }], encryption: { passphrase: "${secret:key}" }, destinations: [nas] }
              b: { sources: [{ path: /b }], encryption: { passphrase: "${PASS}" }, destinations: [nas] }
              c: { sources: [{ path: /c }], encryption: { passphrase: "x${secret:key}" }, destinations: [nas], reports: [r] }
            reports: { r: { webhook: { url: "${secret:key}", sign: { file: sign } } } }
            """, environment: ["HOST": "nas", "PASS": "swordfish"]
        ).configuration
        #expect(
            configuration.jobs.map { $0.passphrase?.name } == [
                "key", "jobs.b.encryption.passphrase", "jobs.c.encryption.passphrase",
            ])
        #expect(configuration.secrets["jobs.b.encryption.passphrase"] == .literal(Secret("swordfish")))
        #expect(configuration.secrets["reports.r.webhook.sign"] == .file("/etc/dunnage/sign"))
        let options = try #require(configuration.destinations["nas"]).options
        #expect(options["port"]?.text == "22" && options["tls"]?.text == "true")

        var sources = configuration.secrets
        sources["key"] = .literal(Secret("k/1"))
        let store = SecretStore(sources: sources, environment: [:])
        let url = try #require(configuration.destinations["nas"]).url(forJob: "a")
        #expect(try store.resolveURL(url) == "sftp://u:k%2F1@nas/a")
        #expect(try store.resolve(try #require(options["token"])) == "a-k/1")
        #expect(try store.secret(SecretReference("jobs.c.encryption.passphrase")).reveal() == "xk/1")
        #expect(!"\(configuration)".contains("swordfish"))
    }

    @Test("two jobs may share a destination with {job}, or with different prefixes")
    func sharing() throws {
        let jobs = """
            jobs:
              a: { sources: [{ path: /a }], encryption: none, destinations: [x] }
              b: { sources: [{ path: /b }], encryption: none, destinations: [y] }

            """
        _ = try load(
            "version: 1\ndestinations: { x: { url: /s, options: { prefix: a } }, y: { url: /s, options: { prefix: b } } }\n"
                + jobs)
        let error = #expect(throws: InvalidConfiguration.self) {
            try load("version: 1\ndestinations: { x: { url: /s/b }, y: { url: \"file:///s/{job}\" } }\n" + jobs)
        }
        #expect(error?.diagnostics.map { $0.code } == [.sharedStore])
    }

    @Test("diagnostics can be handed on as data")
    func description() {
        let error = #expect(throws: InvalidConfiguration.self) { try load("version: 2\n") }
        #expect(
            error?.description.hasPrefix("test.yaml:1:1: the top level lacks the required key `destinations`") == true)
        #expect(
            error?.diagnostics.map { "\($0.line):\($0.column)-\($0.endLine):\($0.endColumn)" } == [
                "1:1-1:8", "1:1-1:8", "1:10-1:11",
            ])
    }

    @Test("random damage to a good file is answered, never with a crash")
    func damage() throws {
        let original = Array(
            """
            version: 1
            instance: home ${A:-b}
            secrets: { key: { file: /k }, other: { env: O } }
            x-a: &a [{ exclude: "*.tmp" }]
            defaults: { encryption: { passphrase: { secret: key } }, retention: { tiers: "7d:1d,4w:1w" } }
            destinations:
              nas: { url: "sftp://u:${secret:other}@h/{job}", options: { password: hunter2 } }
            jobs:
              a: { sources: [{ path: /a }], filters: *a, destinations: [nas] }
              b: { sources: [{ path: /b }], destinations: [nas], reports: [r], options: { block_size: 1MiB } }
            reports: { r: { webhook: { url: "https://h/x", sign: "${secret:key}" } } }

            """.utf8)
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<600 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let from = Int.random(in: bytes.indices, using: &generator)
                let to = min(bytes.count, from + Int.random(in: 0..<6, using: &generator))
                let piece = Int.random(in: original.indices, using: &generator)
                let insert = original[piece..<min(original.count, piece + Int.random(in: 0..<6, using: &generator))]
                bytes.replaceSubrange(from..<to, with: insert)
            }
            do throws(InvalidConfiguration) {
                _ = try ConfigurationLoader.load(utf8: bytes, file: "f", folder: "/", environment: ["A": "x"])
                accepted += 1
            } catch {
                #expect(error.diagnostics.contains { $0.severity == .error }, "seed \(seed)")
                #expect(!error.render().isEmpty, "seed \(seed)")
            }
        }
        #expect(accepted < 600, "seed \(seed)")
    }
}
