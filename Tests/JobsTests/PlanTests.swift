import Configuration
import Engine
import Foundation
import Jobs
import Support
import Testing

@Suite("Planning a change of the configuration")
struct PlanTests {
    let fixture: Fixture
    static let now = Timestamp(seconds: 1_795_305_600)  // 2026-11-22T00:00:00Z
    private static let day: Int64 = 86_400

    init() throws { fixture = try Fixture() }

    /// A configuration, with parts of it replaced.
    func text(_ replacements: (String, String)...) -> String {
        var text = """
            version: 1
            instance: laptop
            runtime: { state_dir: \(fixture.path)/state, timezone: Europe/Berlin }
            secrets: { passphrase: { file: \(fixture.path)/passphrase } }
            destinations:
              disk: { url: "file://\(fixture.path)/backup" }
            jobs:
              home:
                sources: [{ path: \(fixture.path)/source }]
                encryption: { passphrase: { secret: passphrase } }
                destinations: [disk]
                retention: { keep_versions: 20 }

            """
        for (old, new) in replacements { text = text.replacing(old, with: new) }
        return text
    }

    private func load(_ text: String) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "dunnage.yaml", folder: fixture.path, environment: fixture.environment)
    }

    func plan(
        _ old: String?, _ new: String, now: Timestamp = PlanTests.now,
        _ change: (inout Planner.Options) -> Void = { _ in }
    ) throws -> Plan {
        var options = Planner.Options()
        change(&options)
        return try Planner(
            load(new), against: old.map { PlanBase(label: "before", loaded: try load($0)) } ?? .nothing,
            options: options, environment: fixture.environment, logger: fixture.logger, mask: fixture.mask,
            interruption: Interruption(), now: now
        ).plan()
    }

    /// Makes a version a day, the last one a day before the plan.
    func makeVersions(_ count: Int) throws {
        for number in 0..<count {
            try fixture.write("text \(number)", to: "source/hello.txt")
            var context = try fixture.context(text())
            let time = Timestamp(seconds: Self.now.seconds - Int64(count - number) * Self.day)
            context.now = { time }
            let result = JobRun(try context.configuration.findJob("home"), in: context).run()
            try #require(result.exitCode == .success, "\(result.outcome)")
        }
    }

    func only(_ plan: Plan) throws -> PlannedJob {
        try #require(plan.jobs.count == 1)
        return plan.jobs[0]
    }

    // MARK: Values

    @Test("the same configuration changes nothing, however it is written")
    func nothing() throws {
        let plan = try plan(
            text(),
            "# a comment\n"
                + text(
                    ("timezone: Europe/Berlin }", "timezone: \"Europe/Berlin\" }"),
                    ("    sources:", "    enabled: true\n    sources:")
                ))
        #expect(!plan.hasChanges && plan.unchangedJobs == 1)
        #expect(plan.baseFingerprint != nil)
    }

    @Test("every changed value is named with what it was, what it is and where that is written")
    func values() throws {
        let old = text(("    retention", "    filters: [{ exclude: \"*.tmp\" }, { exclude: \"*.o\" }]\n    retention"))
        let new = text(
            ("    retention", "    filters: [{ exclude: \"*.bak\" }, { exclude: \"*.o\" }]\n    retention"),
            ("keep_versions: 20", "keep_versions: 7"), ("timezone: Europe/Berlin", "timezone: UTC"),
            ("passphrase: { file: \(fixture.path)/passphrase }", "passphrase: { env: PASSPHRASE }"))
        let plan = try plan(old, new) { $0.isOffline = true }
        let job = try only(plan)
        let shown = job.changes.map { "\($0.path): \($0.old ?? "-") → \($0.new ?? "-") \($0.origin?.place ?? "")" }
        #expect(
            shown == [
                "filters[0]: {exclude: \"*.tmp\"} → {exclude: \"*.bak\"} dunnage.yaml:12",
                "retention.keep_versions: 20 → 7 dunnage.yaml:13",
            ])
        #expect(job.kind == .changed && job.stores.isEmpty && job.origin?.place.hasPrefix("dunnage.yaml:") == true)
        #expect(
            plan.changes.map { "\($0.path): \($0.old ?? "-") → \($0.new ?? "-")" } == [
                "runtime.timezone: Europe/Berlin → UTC",
                "secrets.passphrase.env: - → PASSPHRASE",
                "secrets.passphrase.file: \(fixture.path)/passphrase → -",
            ])
    }

    @Test("a password that is written in place is never shown, and its change is")
    func literals() throws {
        func with(_ password: String) -> String {
            text(("\"file://\(fixture.path)/backup\"", "\"webdavs://user:\(password)@nas.example/backup\""))
        }
        let plan = try plan(with("hunter2aa"), with("hunter3bb")) { $0.isOffline = true }
        let change = try #require(plan.changes.first)
        #expect(change.path == "destinations.disk.url" && change.old == change.new)
        #expect(!"\(plan)".contains("hunter"))
        #expect(try self.plan(with("hunter2aa"), with("hunter2aa")) { $0.isOffline = true }.changes.isEmpty)
    }

    @Test("jobs that come and go are told, and a job that is renamed continues its store")
    func jobs() throws {
        let plan = try plan(text(), text(("  home:", "  house:"))) { $0.isOffline = true }
        #expect(plan.jobs.map { "\($0.kind.rawValue) \($0.name)" } == ["added house", "removed home"])
        #expect(plan.jobs[0].stores.map(\.kind) == [.takenOver(job: "home", destination: "disk")])
        #expect(plan.jobs[1].stores.map(\.kind) == [.unmanaged])
        let one = try self.plan(text(), text(("  home:", "  house:"))) {
            $0.isOffline = true
            $0.job = "home"
        }
        #expect(one.jobs.map(\.name) == ["home"])
        let error = #expect(throws: Failure.self) {
            try self.plan(text(), text()) { $0.job = "hmoe" }
        }
        #expect(error?.exitCode == .usage)
    }

    // MARK: Stores

    @Test(
        "a store that begins anew is told, and so is a setting that the store refuses",
        arguments: [
            ("url: \"file://", "url: \"file:///elsewhere"), ("/backup\" }", "/backup\", options: { prefix: other } }"),
            ("encryption: { passphrase: { secret: passphrase } }", "encryption: none"),
            ("    destinations", "    options: { block_size: 1MiB }\n    destinations"),
        ])
    func stores(_ change: (String, String)) throws {
        // A secret that nothing uses is a mistake.
        let unused = ("secrets: { passphrase: { file: \(fixture.path)/passphrase } }\n", "")
        let new = change.1 == "encryption: none" ? text(change, unused) : text(change)
        let job = try only(plan(text(), new) { $0.isOffline = true })
        let store = try #require(job.stores.first)
        #expect(job.stores.count == 1 && store.destination == "disk")
        switch store.kind {
        case .moved(let from, let to):
            #expect(change.0.hasPrefix("url") && from.hasPrefix("file:///") && to.hasPrefix("file:///elsewhere"))
            #expect(store.isReseeded)
        case .renamed(let from, let to): #expect(from == "(none)" && to == "other" && store.isReseeded)
        case .unfit("encryption", let from, let to): #expect(from == "passphrase" && to == "none")
        case .unfit("options.block_size", let from, let to): #expect(from == "(the store's)" && to == "1 MiB")
        default: Issue.record("\(store)")
        }
    }

    @Test("a destination more is a new store, and one less is looked after by nobody")
    func destinations() throws {
        let more = text(
            ("destinations:\n", "destinations:\n  nas: { url: \"file:///nas\" }\n"), ("[disk]", "[disk, nas]"))
        #expect(try only(plan(text(), more) { $0.isOffline = true }).stores.map(\.kind) == [.new])
        #expect(try only(plan(more, text()) { $0.isOffline = true }).stores.map(\.kind) == [.unmanaged])
    }

    @Test(
        "who logs in is not where a store is",
        arguments: [
            ("webdavs://anna:${secret:passphrase}@nas/x", "webdavs://anna@nas/x", false),
            ("webdavs://anna@nas/x", "webdavs://anna@nas/y", true),
            ("webdavs://anna@nas/x", "webdavs://ben@nas/x", true),
            ("s3://b/x?a=1&auth-password=${secret:passphrase}", "s3://b/x?a=1", false),
            ("s3://b/x?a=1&b=2", "s3://b/x?b=2&a=1", false), ("s3://b/x?a=1", "s3://b/x?a=2", true),
            ("s3://b/x?prefix=p", "s3://b/x?prefix=q", true),
        ])
    func places(_ old: String, _ new: String, isReseeded: Bool) throws {
        func with(_ url: String) -> String { text(("\"file://\(fixture.path)/backup\"", "\"\(url)\"")) }
        let plan = try plan(with(old), with(new)) { $0.isOffline = true }
        #expect(plan.changes.map(\.path) == ["destinations.disk.url"])
        #expect(plan.jobs.flatMap(\.stores).contains { $0.isReseeded } == isReseeded)
    }

    // MARK: Schedule

    @Test("a schedule that moves names the next three times of both, in the zone of the job")
    func schedule() throws {
        func with(_ schedule: String) -> String { text(("    retention", "    schedule: \(schedule)\n    retention")) }
        let effect = try #require(
            only(plan(with("\"0 3 * * *\""), with("{ cron: \"30 4 * * mon\", timezone: Asia/Tokyo }"))).schedule)
        #expect(effect.old?.zone == "Europe/Berlin" && effect.new?.zone == "Asia/Tokyo")
        #expect(
            effect.old?.next.map(\.iso8601) == ["2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z"])
        #expect(
            effect.new?.next.map(\.iso8601) == ["2026-11-22T19:30:00Z", "2026-11-29T19:30:00Z", "2026-12-06T19:30:00Z"])
        // Nothing moves when the same times are said in another way.
        let same = try only(plan(with("\"0 3 * * *\""), with("{ every: 1d, at: \"03:00\" }")))
        #expect(same.schedule == nil && !same.changes.isEmpty)
        let off = try only(plan(with("\"0 3 * * *\""), text()))
        #expect(off.schedule?.new?.next == [])
    }

    @Test("a delay by jitter is in the times, also where the undelayed time has passed")
    func jitter() throws {
        let new = text(("    retention", "    schedule: { cron: \"0 * * * *\", jitter: 50min }\n    retention"))
        let effect = try #require(only(plan(text(), new)).schedule?.new)
        let delays = effect.next.map { $0.seconds % 3600 }
        #expect(Set(delays).count == 1 && delays[0] < 3000)
        #expect(effect.next[0].seconds - Self.now.seconds <= 3600 && effect.next[0] > Self.now)
        let later = try #require(
            try only(plan(text(), new, now: Timestamp(seconds: effect.next[0].seconds - 1))).schedule?.new)
        #expect(later.next[0] == effect.next[0])
    }

    // MARK: Files

    @Test("files that filters take in and leave out are counted, with the first paths")
    func files() throws {
        for number in 10..<25 { try fixture.write("12345", to: "source/junk\(number).tmp") }
        try fixture.write("123", to: "source/kept.bak")
        let old = text(("    retention", "    filters: [{ exclude: \"*.bak\" }]\n    retention"))
        let new = text(("    retention", "    filters: [{ exclude: \"*.tmp\" }]\n    retention"))
        guard case .walked(let found) = try only(plan(old, new)).files else {
            Issue.record("not walked")
            return
        }
        #expect(found.removed.files == 15 && found.removed.bytes == 75)
        #expect(found.removed.sample == (10..<20).map { "\(fixture.path)/source/junk\($0).tmp" })
        #expect(found.added.files == 1 && found.added.bytes == 3)
        #expect(found.added.sample == ["\(fixture.path)/source/kept.bak"])
        #expect(found.problemCount == 0)
        let offline = try only(plan(old, new) { $0.isOffline = true })
        guard case .skipped = offline.files else {
            Issue.record("\(offline)")
            return
        }
        // The files of a source are no part of the plan's identity.
        #expect(try plan(old, new).hash == plan(old, new) { $0.isOffline = true }.hash)
    }

    @Test("a plan that is asked to stop ends, and does not pass for one of fewer files")
    func stopped() throws {
        let interruption = Interruption()
        #expect(interruption.request(.interrupt))
        let planner = Planner(
            try load(text(("    retention: { keep_versions: 20 }\n", ""))), against: .nothing,
            environment: fixture.environment, logger: fixture.logger, mask: fixture.mask, interruption: interruption)
        let error = #expect(throws: Failure.self) { try planner.plan() }
        #expect(error?.exitCode == .interrupted && error?.code == .stopped)
    }

    @Test("a source that is not there is said")
    func missingSource() throws {
        let new = text(("/source }", "/nowhere }"))
        guard case .walked(let found) = try only(plan(text(), new)).files else {
            Issue.record("not walked")
            return
        }
        #expect(found.removed.files == 1 && found.added.files == 0)
        #expect(found.problemCount == 1 && found.problems[0].contains("\(fixture.path)/nowhere cannot be read"))
    }

    // MARK: Secrets and diagnostics

    @Test("secrets that cannot be had are named with the reason, and offline nobody asks for them")
    func secrets() throws {
        let new = text(("{ file: \(fixture.path)/passphrase }", "{ env: NOT_SET }"))
        guard case .checked(let unresolved) = try plan(text(), new).secrets else {
            Issue.record("not checked")
            return
        }
        #expect(unresolved.map(\.name) == ["passphrase"] && unresolved[0].reason.contains("NOT_SET"))
        #expect(try plan(text(), text()).secrets == .checked([]))
        #expect(try plan(text(), new) { $0.isOffline = true }.secrets == .skipped)
    }

    @Test("policies of the candidate that do not hold are told")
    func policies() throws {
        let new = text(("jobs:\n", "policy: [{ rule: min_copies, count: 2 }]\njobs:\n"))
        let plan = try plan(text(), new)
        #expect(plan.diagnostics.map(\.code).contains(.tooFewCopies))
        #expect(plan.changes.map(\.path) == ["policy"])
    }
}
