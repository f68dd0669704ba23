import Configuration
import Foundation
import Support
import Testing
import YAML

@testable import Kubernetes

/// What `dunnage render kubernetes` writes; `UPDATE_GOLDENS=1 swift test` writes the texts anew.
@Suite("Kubernetes manifests")
struct RenderingTests {
    private static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens").path

    private static let secrets = """
        secrets:
          passphrase: { file: /run/secrets/passphrase }
        """
    private static let job = """
            sources: [{ path: /source/photos }]
            encryption: { passphrase: { secret: passphrase } }
            destinations: [s3]
        """
    private static let start = """
        version: 1
        \(secrets)
        destinations:
          s3: { url: "s3://bucket/{job}" }
        jobs:
          photos:
        \(job)

        """

    /// Renders files, `dunnage.yaml` first.
    private func render(
        _ files: [String: String], paths: [String] = ["dunnage.yaml"],
        _ change: (inout RenderRequest) -> Void = { _ in }
    ) throws -> RenderedManifests {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let path = "\(folder.path)/\(name)"
            try FileTree.createFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        var request = RenderRequest(
            ConfigurationInput(paths.map { $0.isEmpty ? folder.path : "\(folder.path)/\($0)" }),
            image: "registry.example.org/dunnage:1.0.0")
        request.claims = [try #require(RenderRequest.Claim(parsing: "/source=photos"))]
        change(&request)
        return try KubernetesRendering.render(request)
    }

    private func problems(
        _ text: String, _ change: (inout RenderRequest) -> Void = { _ in }
    ) throws -> [String] {
        do {
            _ = try render(["dunnage.yaml": text], change)
            return []
        } catch let error as RenderError {
            return error.problems.map { problem in
                let place = problem.place.flatMap { $0.split(separator: "/").last }
                return RenderProblem(place: place.map(String.init), job: problem.job, message: problem.message)
                    .description
            }
        }
    }

    private func compare(_ text: String, _ name: String) throws {
        let path = "\(Self.goldens)/\(name)"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == expected, "\(name) differs; see UPDATE_GOLDENS")
    }

    // MARK: All of it

    @Test("a job becomes a CronJob with all that it needs")
    func plain() throws {
        let manifests = try render(["dunnage.yaml": Self.start + "    schedule: \"30 2 * * *\"\n"])
        #expect(manifests.warnings.isEmpty)
        #expect(manifests.secretKeys == ["passphrase"])
        try compare(manifests.stream, "plain.yaml")
    }

    private static let whole = """
        # Kept word for word, this comment too.
        version: 1
        instance: "Keller 7"
        include: [jobs/*.yaml]
        runtime:
          timezone: Europe/Berlin
          shutdown_grace: 90s
          metrics: { push_gateway: "http://push.example.org:9091" }
        secrets:
          passphrase: { docker: passphrase }
          s3_key: { env: S3_SECRET_KEY }
          database: { file: { path: /run/secrets/database.json, key: password } }
          token: { vault: { path: secret/backup, url: "https://vault.example.org:8200", auth: { kubernetes: { role: x } } } }
        destinations:
          s3:
            url: s3://bucket/{job}
            options: { endpoint: "minio.example.org:9000", region: eu }
            auth: { access_key_id: "${KEY_ID:-backup}", secret_access_key: { secret: s3_key } }
            volume_size: 200MiB
          disk: { url: "file:///backups/{job}" }
          shards: { url: "file:///shares/{job}/{shard}" }
        defaults:
          encryption: { passphrase: { secret: passphrase } }
          retry: { attempts: 3, initial: 5min }
        reports:
          ops: { webhook: { url: "https://monitor.example.org/hook", sign: { secret: token } } }
          mail: { email: { smtp: "smtps://a@mail.example.org", from: "a@example.org", to: [b@example.org] } }
        """

    private static let jobs = """
        jobs:
          photos.raw:
            labels: { team: web, note: not a label }
            sources: [{ path: /source/photos }]
            destinations: [s3, disk]
            schedule:
              cron: ["H H(1-4) * * *", "0 12 * * sun"]
              timeout: 2h
              window: { from: "22:00", to: "18:00", on_exceed: suspend }
              after: { job: mail }
              catch_up: none
            reports: [ops, mail]
          mail:
            sources: [{ path: /source/mail }]
            destinations: [disk]
            schedule: { every: 6h, jitter: 30min }
          old:
            enabled: false
            sources: [{ path: /source/old }]
            destinations: [disk]
            schedule: "0 5 * * *"
          by-hand:
            sources: [{ path: /dump.sql, postgresql: { database: shop, host: db, password: { secret: database } } }]
            destinations: [disk]
          archive:
            sources: [{ path: /source/archive }]
            destinations: [shards]
            schedule: "0 1 * * sat"
        """

    @Test("several jobs, files, destinations and secrets")
    func whole() throws {
        let manifests = try render(["dunnage.yaml": Self.whole, "jobs/all.yaml": Self.jobs]) { request in
            request.namespace = "backup"
            request.shards = ["archive": 4]
            request.variables = ["KEY_ID": "backup-$(x)"]
            request.labels = ["team": "ops"]
            request.storageClass = "fast"
            request.egressPorts = [5000]
        }
        try compare(manifests.stream, "whole.yaml")
        let warnings = manifests.warnings.map { $0.message }
        #expect(warnings.count == 3, "\(warnings)")
        #expect(warnings.contains { $0.contains("does not wait for mail") })
        #expect(manifests.secretKeys == ["S3_SECRET_KEY", "database.json", "passphrase"])
        // What is printed names secrets, and holds none.
        #expect(manifests.stream.contains("secretKeyRef"))
        for document in manifests.stream.components(separatedBy: "\n---\n").dropFirst() {
            let parsed = YAMLDocument(parsing: try SourceText(utf8: Array(document.utf8)))
            #expect(parsed.problems.isEmpty && parsed.root?["kind"] != nil, "\(document)")
        }
    }

    @Test("the same configuration as one service")
    func daemon() throws {
        let text = Self.start + "    schedule: \"30 2 * * *\"\nruntime: { state_dir: /state, listen: \":8080\" }\n"
        let manifests = try render(["dunnage.yaml": text]) { $0.mode = .daemon }
        try compare(manifests.stream, "daemon.yaml")
    }

    @Test("a kustomize base is the same in files")
    func base() throws {
        let manifests = try render(["dunnage.yaml": Self.start]) { $0.namespace = "backup" }
        let base = manifests.base
        #expect(
            base.map(\.name) == [
                "kustomization.yaml", "configuration.yaml", "access.yaml", "volumes.yaml", "workloads.yaml",
            ])
        try compare(base[0].text, "kustomization.yaml")
        for file in base { #expect(file.text.hasPrefix(RenderedManifests.mark)) }
    }

    @Test("the ConfigMap has the files word for word, wherever they are")
    func folders() throws {
        let odd = "# trailing blanks   \n\n\tjobs: nothing\n".replacing("\tjobs: nothing\n", with: "") + Self.start
        let manifests = try render(
            ["etc/main.yaml": odd + "include: [\"../shared/*.yaml\"]\n", "shared/x y.yaml": "x-note: \"a\\tb\"\r\n"],
            paths: ["etc"])
        let text = manifests.stream.components(separatedBy: "\n---\n")[1]
        let root = try #require(YAMLDocument(parsing: try SourceText(utf8: Array(text.utf8))).root)
        #expect(root["data"]?["etc.main.yaml"]?.scalar?.text == odd + "include: [\"../shared/*.yaml\"]\n")
        #expect(root["data"]?.entries?.contains { $0.value.scalar?.text == "x-note: \"a\\tb\"\r\n" } == true)
        #expect(manifests.stream.contains("path: etc/main.yaml"))
        #expect(manifests.stream.contains("path: shared/x y.yaml") || manifests.stream.contains("\"shared/x y.yaml\""))
        #expect(manifests.stream.contains("- \"--config\"\n            - /config/etc\n"))
    }

    @Test("relative paths start at the folder in the pod")
    func relative() throws {
        let text = Self.start.replacing("file: /run/secrets/passphrase", with: "file: keys/passphrase")
        let found = try problems(text)
        #expect(found.count == 1 && found[0].contains("/config/keys"), "\(found)")
    }

    @Test("the same request gives the same bytes, whatever the folder is called")
    func deterministic() throws {
        #expect(try render(["dunnage.yaml": Self.start]).stream == render(["dunnage.yaml": Self.start]).stream)
    }

    // MARK: What is refused

    @Test(
        "what a CronJob cannot do is refused with job and line",
        arguments: [
            ("{ every: 36h }", "such an interval does not divide"),
            ("{ cron: \"*/10 0 2 * * *\" }", "more than once in a minute"),
            ("{ cron: \"0 2 L * *\" }", "`L` nor `#`"),
            ("{ cron: \"0 2 */2 * mon\" }", "a day of the month and a weekday together"),
            ("{ cron: \"0 2 1 * *\", jitter: 23h }", ""),
            ("{ cron: \"0 12 * * *\", window: { from: \"22:00\", to: \"06:00\" } }", "outside of its window"),
            (
                "{ cron: \"0 2 * * *\", window: { from: \"22:00\", to: \"06:00\", days: [mon] } }",
                "outside of its window"
            ),
            ("{ cron: \"0 2 * * *\", timezone: GMT+2 }", "does not know the time zone"),
            ("{ cron: \"0 2 * * *\", timezone: Mars/Olympus }", "zone"),
        ])
    func refusals(_ schedule: String, _ words: String) throws {
        let text = Self.start + "    schedule: \(schedule)\n"
        do {
            let found = try problems(text)
            if words.isEmpty { return }
            #expect(found.count == 1 && found[0].contains(words), "\(found)")
            #expect(found.first?.hasPrefix("dunnage.yaml:11: job photos: ") == true, "\(found)")
        } catch let error as InvalidConfiguration {
            // What no machine knows is refused already when it is read.
            #expect(words == "zone", "\(error)")
        }
    }

    @Test("a window becomes the time that a run may take")
    func window() throws {
        let manifests = try render([
            "dunnage.yaml": Self.start
                + "    schedule: { cron: \"0 1,4 * * *\", window: { from: \"22:00\", to: \"06:00\", on_exceed: stop } }\n"
        ])
        #expect(manifests.stream.contains("activeDeadlineSeconds: 7200\n"))
    }

    @Test("a secret in the configuration does not become a ConfigMap")
    func literal() throws {
        let text = Self.start.replacing("\(Self.secrets)\n", with: "")
            .replacing("{ passphrase: { secret: passphrase } }", with: "{ passphrase: hunter22hunter }")
        let found = try problems(text)
        #expect(found.count == 1 && found[0].contains("a ConfigMap is no place for it"), "\(found)")
        #expect(!found.joined().contains("hunter"))
    }

    @Test("a source without a volume, and volumes where they cannot be, are refused")
    func volumes() throws {
        #expect(
            try problems(Self.start) { $0.claims = [] }
                == [
                    "dunnage.yaml:8: job photos: nothing is mounted at its source /source/photos: say which claim has it, "
                        + "as `--claim /source/photos=NAME`"
                ])
        let store = Self.start.replacing("s3://bucket/{job}", with: "file:///{job}")
        #expect(try problems(store).joined().contains("no volume can be mounted at /,"))
        let etc = Self.start.replacing("/run/secrets/passphrase", with: "/etc/passphrase")
        #expect(try problems(etc).joined().contains("no Secret can be mounted at /etc"))
        #expect(
            try problems(Self.start) { $0.claims += $0.claims }.joined().contains("two claims are to be mounted at"))
    }

    @Test("a configuration that is too large for a ConfigMap is refused")
    func large() throws {
        let text = Self.start + String(repeating: "# \(String(repeating: "x", count: 97))\n", count: 11_000)
        #expect(try problems(text).joined().contains("a ConfigMap holds 1048576"))
    }

    @Test("a divided job needs a store for each part, and only it")
    func shards() throws {
        #expect(try problems(Self.start) { $0.shards = ["photos": 2] }.joined().contains("has no `{shard}`"))
        let text = Self.start.replacing("bucket/{job}", with: "bucket/{job}/{shard}")
        #expect(try problems(text).joined().contains("--shards photos=4"))
        #expect(try problems(text) { $0.shards = ["photos": 2] }.isEmpty)
        #expect(try problems(text) { $0.shards = ["fotos": 2, "photos": 2] }.joined().contains("no job fotos"))
        let expecting = text + "    expect: [{ source: /source/photos, min_files: 5 }]\n"
        #expect(try problems(expecting) { $0.shards = ["photos": 2] }.joined().contains("`min_files` and `min_size`"))
    }

    @Test("names of CronJobs fit, and never meet")
    func names() throws {
        let long = String(repeating: "a", count: 62)
        let text = """
            version: 1
            \(Self.secrets)
            destinations: { s3: { url: "s3://bucket/{job}" } }
            defaults:
              encryption: { passphrase: { secret: passphrase } }
              destinations: [s3]
              sources: []
            """.replacing("\n  sources: []", with: "")
        let names = ["\(long)1", "\(long)2", "a.b", "a_b", "a-b", "a-b-2"]
        let jobs = names.map { name in
            """
              \(name): { sources: [{ path: /source/x }], schedule: { cron: ["0 1 * * *", "30 2 * * *"] } }
            """
        }
        let stream = try render(["dunnage.yaml": "\(text)\njobs:\n\(jobs.joined(separator: "\n"))\n"]).stream
        let found = try stream.components(separatedBy: "\n---\n").filter { $0.contains("kind: CronJob") }.map {
            let root = YAMLDocument(parsing: try SourceText(utf8: Array($0.utf8))).root
            return try #require(root?["metadata"]?["name"]?.scalar?.text)
        }
        #expect(found.count == 12 && Set(found).count == 12, "\(found)")
        #expect(found.allSatisfy { $0.utf8.count <= 52 && ObjectNames.isName($0) }, "\(found)")
    }
}
