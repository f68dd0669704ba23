import Schedule
import Secrets
import Support
import Testing

@testable import Configuration

/// The parts of the language that this program carries before it acts on them.
@Suite struct LanguageTests {
    private func complete() throws -> LoadedConfiguration {
        try ConfigurationLoader.load(
            path: "\(Goldens.folder)/../../../examples/complete/dunnage.yaml",
            environment: ["S3_ACCESS_KEY_ID": "AKIA"])
    }

    private func load(_ text: String) throws(InvalidConfiguration) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "test.yaml", folder: "/etc/dunnage", environment: [:])
    }

    private let head = "version: 1\ndestinations: { nas: { url: \"/backup/{job}\" } }\n"

    @Test("the example with everything loads, and is warned about only where nothing acts yet")
    func example() throws {
        let loaded = try complete()
        #expect(Set(loaded.warnings.map(\.code)) == [.notActedOn])
        #expect(loaded.violations == [])
        let runtime = loaded.configuration.runtime
        #expect(runtime.listen == [ListenAddress(parsing: "127.0.0.1:8080")])
        #expect(runtime.reload.watches && runtime.reload.debounce == CalendarDuration(seconds: 5))
        #expect(runtime.limits.concurrentJobs == 2 && runtime.limits.upload.description == "20 MiB/s")
        let blackout = try #require(runtime.limits.blackouts.first)
        #expect(blackout.days.count == 5 && blackout.from.description == "08:00" && blackout.download == .unlimited)
        #expect(loaded.configuration.policies.map(\.kind) == PolicySpecification.Kind.allCases)
    }

    @Test("a schedule has its defaults, and a job's own cron replaces an interval of the defaults")
    func schedules() throws {
        let configuration = try complete().configuration
        let photos = try #require(configuration.job(named: "photos")?.schedule)
        #expect(
            photos.catchUp == .once && photos.overlap == .skip && photos.timeout == CalendarDuration(seconds: 21_600))
        #expect(photos.timing.jitter == CalendarDuration(seconds: 1200))
        #expect(photos.window?.from.description == "22:00" && photos.window?.excess == .suspend)
        let configs = try #require(configuration.job(named: "configs")?.schedule)
        guard case .every(let span, nil, let days) = configs.timing.rule else {
            Issue.record("\(configs.timing.rule)")
            return
        }
        #expect(span == CalendarDuration(seconds: 21_600) && days.count == 6 && !days.contains(.sunday))
        #expect(configs.after == [.init(job: "app-db", result: .any, isOptional: true)])
        let zone = try #require(Zone(named: "Europe/Berlin"))
        let start = try #require(Timestamp(iso8601: "2026-11-21T12:00:00Z"))
        let next = photos.timing.recurrences(seed: "homelab-01\nphotos").map {
            $0.next(after: start, in: zone)?.iso8601
        }
        #expect(next == ["2026-11-21T22:00:00Z"])
        let manual = try load(
            head + "jobs: { a: { sources: [{ path: /a }], encryption: none, destinations: [nas], schedule: manual } }\n"
        )
        #expect(manual.configuration.jobs.first?.schedule == nil)
    }

    @Test("what differs at one destination is laid over what the job says, key by key")
    func uses() throws {
        let photos = try #require(try complete().configuration.job(named: "photos"))
        #expect(photos.destinations == ["s3-main", "nas"])
        #expect(photos.at("s3-main").retention == photos.retention && photos.retention?.tiers.count == 2)
        let nas = try #require(photos.at("nas").retention)
        #expect(nas.tiers.count == 1 && nas.minVersions == 6 && nas.maxDelete == 10)
        #expect(photos.uses["nas"]?.isOptional == true && photos.uses["s3-main"] == nil)
    }

    @Test("hooks have one action, a time limit, and what takes them back")
    func hooks() throws {
        let configuration = try complete().configuration
        let hooks = try #require(configuration.job(named: "app-db")?.hooks)
        let before = try #require(hooks.before.first)
        #expect(before.name == "maintenance mode" && before.timeout == CalendarDuration(seconds: 30))
        #expect(
            before.undo?.action
                == .dockerExec(container: "app", arguments: ["occ", "maintenance:mode", "--off"], user: "www-data"))
        let call = try #require(hooks.onFailure.first)
        #expect(call.onFailure == .warn && call.timeout == CalendarDuration(seconds: 60))
        guard case .http(let url, .post, _, let body, nil) = call.action else {
            Issue.record("\(call.action)")
            return
        }
        #expect(url.text == "https://chat.example.com/hooks/{job}" && body?.text?.hasPrefix("the backup") == true)
        let stop = try #require(configuration.job(named: "configs")?.hooks.before.first?.action)
        #expect(stop == .dockerStop(.labelled("backup=stop"), mode: .stop, grace: CalendarDuration(seconds: 20)))
    }

    @Test("destinations say who logs in, for how long objects are locked, and whether they are elsewhere")
    func destinations() throws {
        let configuration = try complete().configuration
        let main = try #require(configuration.destinations["s3-main"])
        #expect(main.auth["access_key_id"]?.text == "AKIA")
        #expect(main.auth["secret_access_key"] == Template([.secret(SecretReference("s3_secret_key"))]))
        #expect(main.immutability == Immutability(mode: .governance, period: CalendarDuration(seconds: 604_800)))
        #expect(main.storageClass == .init(data: "STANDARD_IA", metadata: "STANDARD"))
        #expect(main.volumeSize == ByteCount(100 << 20) && main.isOffSite)
        #expect(configuration.destinations["nas"]?.isOffSite == false)
        #expect(configuration.destinations["nas"]?.limits?.parallelUploads == 4)
    }

    @Test(
        "whether a destination is elsewhere is guessed from its host",
        arguments: [
            ("file:///backup", false), ("/backup", false), ("sftp://nas/x", false), ("sftp://u@nas.lan:22/x", false),
            ("sftp://192.168.1.4/x", false), ("ssh://172.20.0.1/x", false), ("webdav://172.32.0.1/x", true),
            ("sftp://[fe80::1]/x", false), ("sftp://[2001:db8::1]/x", true), ("sftp://backup.example.com/x", true),
            ("s3://bucket/x", true), ("ftp://localhost/x", false), ("sftp://10.example.com/x", true),
        ])
    func offSite(_ url: String, _ expected: Bool) {
        #expect(OffSite.guess(url) == expected)
    }

    @Test("a report has one way to get there, and tells of the usual events unless told")
    func reports() throws {
        let configuration = try complete().configuration
        #expect(configuration.reports["ops"]?.webhook?.format == .report)
        guard case .service(let service)? = configuration.reports["deadman"]?.channel else {
            Issue.record("no service")
            return
        }
        #expect(service.kind == "healthchecks" && service.settings["create"] == [Template("true")])
        guard case .email(let email)? = configuration.reports["mail"]?.channel else {
            Issue.record("no email")
            return
        }
        #expect(email.recipients == ["ops@example.com"] && email.startTLS == .required)
        #expect(configuration.reports["mail"]?.digest?.events == [.success, .warning])
        let plain = try load(
            head
                + "jobs: { a: { sources: [{ path: /a }], encryption: none, destinations: [nas], reports: [x] } }\n"
                + "reports: { x: { webhook: { url: https://example.com } } }\n")
        #expect(plain.configuration.reports["x"]?.events == ReportSpecification.Event.usual)
    }

    @Test("a report over XMPP has an account, and a server, a form and a resource where they are told")
    func xmpp() throws {
        let text = """
            jobs: { a: { sources: [{ path: /a }], encryption: none, destinations: [nas], reports: [x, y] } }
            secrets: { p: { file: /p } }
            reports:
              x: { xmpp: { from: b@example.com, password: { secret: p }, to: [a@example.com] } }
              y:
                xmpp:
                  from: b@example.com
                  password: { secret: p }
                  to: [a@example.com, c@example.net]
                  server: xmpps://chat.example.com:5223
                  resource: cellar
                  format: duplicati
                  message: "%PARSEDRESULT%"
                  starttls: opportunistic
                  tls: { ca_file: /ca.pem }

            """
        let configuration = try load(head + text).configuration
        guard case .xmpp(let usual)? = configuration.reports["x"]?.channel,
            case .xmpp(let other)? = configuration.reports["y"]?.channel
        else {
            Issue.record("no XMPP")
            return
        }
        #expect(usual.account == "b@example.com" && usual.password.name == "p" && usual.startTLS == .required)
        #expect(usual.server == nil && usual.resource == nil && usual.message == nil && usual.format == .report)
        #expect(other.recipients == ["a@example.com", "c@example.net"] && other.startTLS == .opportunistic)
        #expect(other.server == "xmpps://chat.example.com:5223" && other.resource == "cellar")
        #expect(other.format == .duplicati && other.message == "%PARSEDRESULT%" && other.tls?.authorities == "/ca.pem")
    }

    @Test("a disabled job may lack what a job needs, and is then no job at all")
    func templates() throws {
        let loaded = try load(
            head + """
                jobs:
                  template: { enabled: false, encryption: none }
                  off: { enabled: false, sources: [{ path: /a }], encryption: none, destinations: [nas] }
                """)
        #expect(loaded.configuration.jobs.map(\.name) == ["off"])
        #expect(loaded.configuration.jobs.first?.isEnabled == false)
    }

    @Test("keys that nothing acts on yet are told once each, with every place")
    func pending() throws {
        let loaded = try Goldens.load("Good/pending.yaml")
        #expect(Set(loaded.warnings.map(\.code)) == [.notActedOn])
        try Goldens.expect(Diagnostic.render(loaded.warnings, file: "pending.yaml"), "Good/pending.txt")
    }

    @Test("fifteen hundred jobs may wait for each other in a row, and a circle of them is found")
    func longRow() throws {
        func text(closed: Bool) -> String {
            let count = 1500
            let jobs = (0..<count).map { number in
                let next = number + 1 < count ? "j\(number + 1)" : closed ? "j0" : nil
                let after = next.map { ", schedule: { cron: \"@daily\", after: { job: \($0) } }" } ?? ""
                return "  j\(number): { sources: [{ path: /a }], encryption: none, destinations: [nas]\(after) }\n"
            }
            return head + "jobs:\n" + jobs.joined()
        }
        #expect(try load(text(closed: false)).configuration.jobs.count == 1500)
        let error = #expect(throws: InvalidConfiguration.self) { try load(text(closed: true)) }
        #expect(error?.diagnostics.map(\.code) == [.circular])
    }

    @Test("a lock that outlives the first tier is warned about")
    func locks() throws {
        let text = """
            version: 1
            destinations: { vault: { url: "s3://acme/{job}", immutability: { mode: compliance, for: 30d } } }
            jobs:
              a: { sources: [{ path: /a }], encryption: none, destinations: [vault], retention: { tiers: "7d:1d, 1y:1w" } }
              b: { sources: [{ path: /b }], encryption: none, destinations: [vault], retention: { tiers: "60d:1d" } }
              c: { sources: [{ path: /c }], encryption: none, destinations: [{ ref: vault, retention: { keep_within: 8d } }] }
            """
        let found = try load(text).warnings.filter { $0.code == .lockOutlivesRetention }
        #expect(found.map { $0.message.contains("jobs.a lets versions go from 7d on") } == [true, false])
        #expect(found.last?.message.contains("jobs.c lets versions go from 8d on") == true)
    }

    @Test("rates, shares and addresses are read and written")
    func values() {
        #expect(TransferRate(parsing: "20MiB/s") == .perSecond(ByteCount(20 << 20)))
        #expect(
            TransferRate(parsing: "0") == .perSecond(ByteCount(0)) && TransferRate(parsing: "unlimited") == .unlimited)
        for bad in ["", "20MiB", "/s", "-1MiB/s", "fast", "1 MiB / s "] {
            #expect(TransferRate(parsing: bad) == nil, "\(bad)")
        }
        #expect(Percentage(parsing: "2.5%")?.description == "2.5%" && Percentage(parsing: "100%")?.value == 100)
        for bad in ["", "%", "5", "101%", "-1%", "5 %", "nan%", "1e1%", ".5%"] {
            #expect(Percentage(parsing: bad) == nil, "\(bad)")
        }
        for good in ["127.0.0.1:8080", "[::1]:8080", ":8080", "localhost:1"] {
            #expect(ListenAddress(parsing: good)?.description == good)
        }
        for bad in [
            "", "8080", "a:80", "1.2.3:80", "1.2.3.256:80", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "[::1]",
            "http://a:1", "a b:1",
        ] {
            #expect(ListenAddress(parsing: bad) == nil, "\(bad)")
        }
    }

    private static let served = """
        version: 1
        destinations: { nas: { url: "/backup/{job}" } }
        jobs: { a: { sources: [{ path: /a }], encryption: none, destinations: [nas] } }
        runtime:

        """

    @Test("where a service answers, and who may ask it")
    func service() throws {
        let runtime = try load(
            Self.served + """
                  listen: [localhost:1, "[::]:2"]
                  api:
                    tokens: [{ name: me, token: { env: TOKEN }, scope: operate }]
                    tls: { certificate: cert.pem, key: /key.pem }
                    hosts: [Backup.Example.com]
                    restore_roots: [/restore/]
                """
        ).configuration.runtime
        #expect(runtime.listen.map(\.description) == ["localhost:1", "[::]:2"])
        #expect(runtime.listen.map(\.isLoopback) == [true, false])
        let token = try #require(runtime.api.tokens.first)
        #expect(token.name == "me" && token.scope == .operate)
        #expect(token.secret == SecretReference("runtime.api.tokens[0].token"))
        #expect(runtime.api.tls == .init(certificate: "/etc/dunnage/cert.pem", key: "/key.pem"))
        #expect(runtime.api.hosts == ["backup.example.com"] && runtime.api.restoreRoots == ["/restore"])
        #expect(APISettings.Scope.allCases == APISettings.Scope.allCases.sorted())
    }

    @Test("an address that others reach is warned about, in the clear or without tokens, unless it is meant so")
    func exposed() throws {
        let token = "tokens: [{ name: me, token: { env: T }, scope: read }]"
        let tls = "tls: { certificate: /c, key: /k }"
        func codes(_ lines: String) throws -> [DiagnosticCode] { try load(Self.served + lines).warnings.map(\.code) }
        for bad in [
            "  listen: \":80\"\n", "  listen: 0.0.0.0:80\n", "  listen: [127.0.0.1:80, 10.0.0.1:80]\n",
            "  listen: \"[::]:80\"\n  api: { \(token) }\n", "  listen: 0.0.0.0:80\n  api: { \(tls) }\n",
        ] {
            #expect(try codes(bad) == [.exposedAddress], "\(bad)")
        }
        for good in [
            "  listen: 127.0.0.1:80\n", "  listen: \"[::1]:80\"\n  api: { \(token) }\n",
            "  listen: localhost:80\n", "  listen: 0.0.0.0:80\n  api: { \(token), \(tls) }\n",
            "  listen: 0.0.0.0:80\n  api: { \(token), tls: none }\n", "  listen: 0.0.0.0:80\n  api: { tokens: [] }\n",
        ] {
            #expect(try codes(good) == [], "\(good)")
        }
    }

    @Test("names of hosts and tokens, scopes, and what stands twice are checked")
    func serviceNames() throws {
        func codes(_ lines: String) -> [DiagnosticCode] {
            do throws(InvalidConfiguration) {
                return try load(Self.served + lines).warnings.map(\.code)
            } catch {
                return error.diagnostics.map(\.code)
            }
        }
        let token = "{ name: me, token: { env: T }, scope: read }"
        #expect(codes("  api: { hosts: [\"http://a\"] }\n") == [.badName])
        #expect(codes("  api: { hosts: [\"*.a\"] }\n") == [.badName])
        #expect(codes("  api: { tokens: [{ name: Me, token: { env: T }, scope: read }] }\n") == [.badName])
        #expect(codes("  api: { tokens: [{ name: me, token: { env: T }, scope: restore }] }\n") == [.notAllowed])
        #expect(
            codes("  api: { tokens: [{ name: me, token: plain-text-token-1, scope: read }] }\n") == [.literalSecret])
        #expect(codes("  api: { tokens: [\(token), \(token)] }\n") == [.namedTwice])
        #expect(codes("  listen: [127.0.0.1:80, 127.0.0.1:80]\n") == [.namedTwice])
        #expect(codes("  api: { tls: { certificate: /c } }\n") == [.missingKey])
    }
}
