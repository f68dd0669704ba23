import Configuration
import Foundation
import Secrets
import Support
import Testing

@testable import Commands
@testable import Jobs

/// What a recovery kit says; `UPDATE_GOLDENS=1 swift test` writes the texts anew.
@Suite("Recovery kits")
struct RecoveryKitTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens").path

    /// Every kind of destination, and every way in which a credential may be written.
    private static let configuration = #"""
        version: 1
        instance: office
        runtime: { state_dir: /nonexistent/state, timezone: Europe/Berlin }
        secrets:
          backup_passphrase: { file: /run/secrets/backup_passphrase }
          aws_secret: { vault: { url: "https://vault.example.org", path: aws, key: secret, auth: { token: { file: /run/secrets/token } } } }
          swift_secret: { env: SWIFT_SECRET }
        destinations:
          nas: { url: "file:///mnt/nas/{job} $$5+1%25" }
          amazon:
            url: s3://example-backups/{job}
            options: { region: eu-central-1, endpoint: s3.example.org, prefix: nightly }
            auth: { access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: { secret: aws_secret } }
            storage_class: { data: DEEP_ARCHIVE }
            immutability: { mode: governance, for: 30d }
          role: { url: "s3://role-backups" }
          swift:
            url: openstack://backups/office
            options: { auth_url: "https://identity.example.org:5000/v3", region: RegionOne }
            auth: { application_credential_id: "0123456789abcdef", application_credential_secret: { secret: swift_secret } }
          tempauth:
            url: openstack://backups/more
            options: { auth_url: "https://identity.example.org:5000/v3", project: example-org }
            auth: { username: backup@example.org, password: "written in place" }
          old: { url: "s3://AKIAOLDKEY00000EXAMPLE:geheim%2Fin%20der+URL@old-backups/x?use-ssl=false&s3-server-name=minio.lan:9000" }
        jobs:
          photos:
            description: What the family would miss.
            sources: [{ path: /srv/photos }, { path: /srv/videos }]
            encryption: { passphrase: { secret: backup_passphrase } }
            destinations: [nas, amazon, swift]
          site:
            sources: [{ path: "/srv/a & b <c>" }]
            encryption: none
            destinations: [nas, role, tempauth, old]
        """#

    private func kit(_ jobs: [String] = [], _ text: String = configuration) throws -> RecoveryKit {
        let folder = try TemporaryFolder(prefix: "dunnage-kit")
        let path = "\(folder.path)/dunnage.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let loaded = try ConfigurationLoader.load(path: path, environment: [:])
        return try RecoveryKit(
            loaded.configuration, jobs: jobs, files: ["/etc/dunnage/dunnage.yaml"], environment: [:])
    }

    private func page(_ kit: RecoveryKit, values: [String: Secret]? = nil) throws -> KitPage {
        KitPage(
            kit, values: values, at: try #require(Timestamp(iso8601: "2026-11-22T06:30:00Z")),
            zone: try #require(TimeZoneClock(named: "Europe/Berlin")))
    }

    private func expect(_ lines: [String], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(Self.folder)/\(name)"
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOfFile: path, encoding: .utf8)), sourceLocation: sourceLocation)
    }

    @Test("the text")
    func text() throws { try expect(KitPageText(page(kit())).lines, "recovery-kit.txt") }

    @Test("the HTML document")
    func html() throws { try expect(KitPageHTML(page(kit())).lines, "recovery-kit.html") }

    @Test("a kit of named jobs has these alone, and no destination or secret of others")
    func chosen() throws {
        let kit = try kit(["site", "site"])
        #expect(kit.jobs.map(\.name) == ["site"])
        #expect(kit.credentials.map(\.name) == ["password", "old_url"])
        #expect(!kit.configuration.contains("amazon"))
        let failure = #expect(throws: Failure.self) { try self.kit(["nosuch"]) }
        #expect(failure?.exitCode == .usage)
    }

    @Test("no secret is in a kit, however it is written in the configuration")
    func secrets() throws {
        let kit = try kit()
        let page = try page(kit)
        for text in [KitPageText(page).lines, KitPageHTML(page).lines].map({ $0.joined(separator: "\n") }) {
            for secret in ["written in place", "geheim", "in%20der"] { #expect(!text.contains(secret)) }
        }
        // What stood in the configuration is known without asking; percent signs of a URL are no part of it.
        let store = SecretStore(
            sources: [
                "backup_passphrase": .literal(Secret("p")), "aws_secret": .literal(Secret("a")),
                "swift_secret": .literal(Secret("s")),
            ], environment: [:])
        let values = try kit.values(from: store)
        #expect(values["old_url"]?.reveal() == "geheim/in der URL")
        #expect(values["password"]?.reveal() == "written in place")
        #expect(values.count == 5)
    }

    @Test("the configuration of a kit is one, and means the same stores")
    func configuration() throws {
        let kit = try kit()
        let folder = try TemporaryFolder(prefix: "dunnage-kit")
        try kit.configuration.write(toFile: "\(folder.path)/kit.yaml", atomically: true, encoding: .utf8)
        let again = try ConfigurationLoader.load(path: "\(folder.path)/kit.yaml", environment: [:]).configuration
        #expect(again.jobs.map(\.name) == ["photos", "site"])
        #expect(again.jobs.allSatisfy { !$0.isEnabled && $0.sources.map(\.path) == [KitConfiguration.noSource] })
        #expect(again.destinations["nas"]?.url.text == "file:///mnt/nas/{job} $5+1%25")
        #expect(again.destinations["amazon"]?.options["region"]?.text == "eu-central-1")
        #expect(again.destinations["old"]?.url.references.map(\.name) == ["old_url"])
        #expect(again.jobs[0].passphrase?.name == "backup_passphrase")
        #expect(again.secrets["aws_secret"] == .file("\(folder.path)/secrets/aws_secret"))
    }

    @Test("what may be any text stays where it belongs: in its line, its word, its element")
    func hostile() throws {
        let text = Self.configuration.replacing(
            "{ path: /srv/photos }", with: #"{ path: "/srv/x\e[2J\n</pre><script>alert(1)</script>" }"#)
        let page = try page(kit([], text))
        let lines = KitPageText(page).lines
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") })
        #expect(!KitPageHTML(page).lines.joined().contains("<script"))
    }

    @Test("the HTML document is well-formed, needs nothing else and runs nothing")
    func wellFormed() throws {
        let text = try KitPageHTML(page(kit())).lines.joined(separator: "\n")
        var open: [Substring] = []
        for match in text.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) {
            let tag = match.output.2
            if ["meta"].contains(tag) { continue }
            if match.output.1.isEmpty { open.append(tag) } else { #expect(open.popLast() == tag) }
        }
        #expect(open.isEmpty)
        #expect(text.firstMatch(of: /src=|href=|url\(|@import|<script| on[a-z]+=/) == nil)
    }

    @Test(
        "bash reads a word as the text that it was made of",
        arguments: [
            "plain", "", "with blank", "it's", "a\"b", "$HOME `id` $(id)", "back\\slash", "new\nline", "tab\tbell\u{7}",
            "ünï€😀", "-n", "~", "*", "a;b&c|d", "!x", "#no comment", "{a,b}", "\u{1B}[0m'\\",
        ])
    func words(_ text: String) throws {
        let folder = try TemporaryFolder(prefix: "dunnage-words")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/secrets", withIntermediateDirectories: false)
        try "s3cr\"t $x".write(toFile: "\(folder.path)/secrets/key", atomically: true, encoding: .utf8)
        let open = ShellWord.quoted(Template([.text(text), .secret(SecretReference("key"))]), lead: "--x=")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "printf '%s|' \(ShellWord.quoted(text)) \(open)"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(output == "\(text)|--x=\(text)s3cr\"t $x|")
    }

    @Test("secrets of any content come out of their commands as they went in")
    func values() throws {
        let values = [
            "simple", "several\nlines\n-----END", "ends with two breaks\n\n", "END-OF-SECRET\nx", "bell\u{7}",
            "$HOME `id` 'x'",
        ]
        for value in values {
            let kit = try kit(["photos"])
            let page = try page(kit, values: ["backup_passphrase": Secret(value)])
            let commands = page.blocks.compactMap { block -> String? in
                if case .commands(let text) = block, text.contains("> secrets/backup_passphrase") { text } else { nil }
            }
            let folder = try TemporaryFolder(prefix: "dunnage-secret")
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/secrets", withIntermediateDirectories: false)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", try #require(commands.first)]
            process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
            try process.run()
            process.waitUntilExit()
            let secret = try SecretStore(
                sources: ["x": .file("\(folder.path)/secrets/backup_passphrase")], environment: [:]
            ).secret(SecretReference("x"))
            // One line break at the end of a secret's file never counts.
            #expect(secret.reveal() == (value.hasSuffix("\n") ? String(value.dropLast()) : value))
        }
    }
}
