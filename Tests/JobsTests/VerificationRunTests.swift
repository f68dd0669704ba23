import Catalog
import Configuration
import Foundation
import JSON
import Ledger
import Reporting
import Scheduler
import Support
import TestSupport
import Testing

@testable import Engine
@testable import Jobs

@Suite("A check beside the backups")
struct VerificationRunTests {
    private let fixture: Fixture
    private let ledger: Ledger

    init() throws {
        fixture = try Fixture()
        ledger = try Ledger(path: nil)
    }

    private func context(_ remote: String, more: String = "", reports: String = "") throws -> RunContext {
        var context = try fixture.context(
            """
            version: 1
            instance: laptop
            runtime: { state_dir: \(fixture.path)/state, timezone: UTC }
            destinations: { disk: { url: "file://\(fixture.path)/backup" } }
            jobs:
              home:
                sources: [{ path: "\(fixture.path)/source" }]
                encryption: none
                destinations: [disk]
                verify: { after_backup: off, remote: \(remote) }
            \(more)\(reports)

            """)
        context.ledger = ledger
        return context
    }

    private func run(_ kind: RunKind, _ context: RunContext) throws -> JobResult {
        try DutyRun(context.configuration.findJob("home"), kind, in: context).run()
    }

    private func damageVolume() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup")
        let name = try #require(names.first { $0.contains(".dblock.") })
        let volume = URL(filePath: "\(fixture.path)/backup/\(name)")
        var bytes = try Data(contentsOf: volume)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: volume)
        return name
    }

    @Test("reads back what it is told to, and the ledger, the report and the metrics know of it")
    func check() throws {
        let context = try context("{ schedule: \"0 5 * * 6\", sample: 100% }")
        #expect(try run(.backup, context).exitCode == .success)
        #expect(try ledger.verifications().isEmpty)
        let result = try run(.verify, context)
        #expect(result.exitCode == .success, "\(result.outcome)")
        let record = try #require(try ledger.runs(kind: .verify, limit: 9).first)
        #expect(record.state == .success && record.start.id == result.id.description)
        #expect(record.end?.destinations.map(\.name) == ["disk"])
        #expect(result.report.run.kind == .verify && result.report.event == .success)
        #expect(result.report.title == "home: check finished")
        #expect(result.report.json()["run"]?["kind"]?.string == "verify")
        #expect(result.report.destinations.first?.verification?.sampled == 3)
        let known = try #require(try ledger.verifications().first)
        #expect(known.job == "home" && known.destination == "disk" && known.good == known.last)
        let text = try RunnerMetrics(context.configuration, ledger, at: .now()).text
        #expect(
            text.contains(
                "dunnage_verify_last_success_timestamp_seconds{backup=\"home\",destination=\"disk\"} \(known.last.seconds)"
            ))
        // The backup's figures stay what they were.
        #expect(text.contains("dunnage_backup_source_files{backup=\"home\"} 1\n"))
        #expect(text.contains("dunnage_backup_runs_total{backup=\"home\",destination=\"disk\",result=\"success\"} 1\n"))
    }

    @Test("finds a damaged volume and fails, which nobody tries again; the status says so until it is mended")
    func damage() throws {
        var context = try context("{ schedule: \"0 5 * * 6\", full_cycle: 7d }", more: "    retry: { attempts: 5 }\n")
        #expect(try run(.backup, context).exitCode == .success)
        let name = try damageVolume()
        let due = Timestamp(seconds: 1_795_305_600)
        context.occurrence = ScheduledRun(due: due, attempt: 1, trigger: .schedule)
        let result = try run(.verify, context)
        #expect(result.exitCode == .failure && result.outcome.failure?.code == .store)
        #expect(result.report.title.hasPrefix("home: check failed"))
        #expect(result.report.problems.contains { $0.sample.contains(name) }, "\(result.report.problems)")
        #expect(
            try ledger.occurrences(limit: 9)
                == [Occurrence(job: "home", kind: .verify, due: due, state: .failed, run: result.id.description)])
        let status = try #require(
            try JobStatus.all(context.configuration.jobs, context.configuration, ledger, at: .now()).first)
        #expect(status.isDamaged(at: "disk") && status.nextCheck != nil)
        #expect(status.destinations.first?.freshness?.lastState == .success)
    }

    @Test("is skipped where nothing was ever stored, and fails where what was stored is gone")
    func nothing() throws {
        let context = try context("{ schedule: \"0 5 * * 6\" }")
        let first = try run(.verify, context)
        #expect(first.outcome.isSkipped && first.exitCode == .success, "\(first.outcome)")
        #expect(try ledger.runs(limit: 1).map(\.state) == [.skipped])
        #expect(try run(.backup, context).exitCode == .success)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(fixture.path)/backup") {
            try FileManager.default.removeItem(atPath: "\(fixture.path)/backup/\(name)")
        }
        #expect(try run(.verify, context).outcome.failure?.code == .store)
    }

    @Test("`off` compares the listing, which counts as no reading back")
    func listing() throws {
        let context = try context("{ schedule: \"0 5 * * 6\", sample: off }")
        #expect(try run(.backup, context).exitCode == .success)
        let result = try run(.verify, context)
        #expect(result.exitCode == .success && result.report.destinations.first?.verification?.level == "listing")
        #expect(try ledger.verifications().isEmpty)
    }

    @Test("does not begin while a backup of the job is at work in another process, and waits for another attempt")
    func busy() throws {
        var context = try context("{ schedule: \"0 5 * * 6\" }", more: "    retry: { attempts: 2, initial: 1min }\n")
        #expect(try run(.backup, context).exitCode == .success)
        let url = try #require(context.configuration.destinations["disk"]).url(forJob: "home")
        let catalog = context.state.catalog(job: "home", destination: "disk", url: url)
        let lock = try CatalogLock(context.state.lock(ofCatalog: catalog), subject: "The store")
        context.occurrence = ScheduledRun(due: Timestamp(seconds: 1_795_305_600), attempt: 1, trigger: .schedule)
        let result = try run(.verify, context)
        withExtendedLifetime(lock) {}
        #expect(result.exitCode == .temporary && result.outcome.failure?.code == .busy)
        #expect(try ledger.occurrences(limit: 9).map(\.state) == [.waiting])
    }

    @Test("of a store without a state folder the copy of the catalog remembers whose turn it was")
    func stateless() throws {
        let text = """
            version: 1
            runtime: { stateless: true }
            destinations: { disk: { url: "file://\(fixture.path)/backup" } }
            jobs:
              home:
                sources: [{ path: "\(fixture.path)/source" }]
                encryption: none
                destinations: [disk]
                verify: { after_backup: off, remote: { schedule: "@daily", sample: 100% } }

            """
        let context = try fixture.context(text)
        try #require(context.isStateless)
        #expect(try run(.backup, context).exitCode == .success)
        #expect(try run(.verify, context).exitCode == .success)
        let session = try StoreOpening(
            job: context.configuration.findJob("home"), destination: "disk", context: context, progress: RunProgress(),
            problems: ProblemLog(), logger: context.logger
        ).open().session
        #expect(try session.catalog.read { try $0.verifications().values.map(\.count) } == [1, 1, 1])
    }

    @Test(
        "how much is examined follows from the schedule and the cycle",
        arguments: [
            ("{ schedule: \"0 5 * * 6\" }", VerifyLevel.sample(.percent(5))),
            ("{ schedule: \"0 5 * * 6\", sample: 3 }", .sample(.sets(3))),
            ("{ schedule: \"0 5 * * 6\", sample: off }", .listing),
            (
                "{ schedule: \"0 5 * * 6\", full_cycle: 28d }",
                .turn(
                    VerifyTurn(
                        turns: 4, deadline: Timestamp(seconds: 1_795_305_600 + 6 * 86_400 + 18_000 - 28 * 86_400)))
            ),
            (
                "{ schedule: \"0 5 * * 6\", full_cycle: 3d, sample: 10% }",
                .turn(
                    VerifyTurn(
                        turns: 0, deadline: Timestamp(seconds: 1_795_305_600 + 6 * 86_400 + 18_000 - 3 * 86_400),
                        sample: .percent(10)))
            ),
        ])
    func level(_ remote: String, _ expected: VerifyLevel) throws {
        let context = try context(remote)
        // Sunday, 22 November 2026, 00:00 UTC: the first Saturday is the 28th.
        let check = try RemoteCheck(context.configuration.findJob("home"), in: context.configuration)
        #expect(check?.level(at: Timestamp(seconds: 1_795_305_600)) == expected)
    }

    @Test("`run --due` runs what is due of it, beside the backups and never at the same time as they are")
    func due() throws {
        var context = try context("{ schedule: \"30 2 * * *\" }", more: "    schedule: \"30 2 * * *\"\n")
        let midnight: Int64 = 1_795_305_600
        try context.state.prepare()
        func look(_ hours: Double) throws -> [RunKind] {
            context.now = { Timestamp(seconds: midnight + Int64(hours * 3600)) }
            var ids: [String] = []
            _ = try DueBatch(in: context).run { ids.append($0.id.description) }
            return try ids.compactMap { try ledger.runs(beginningWith: $0).first?.start.kind }
        }
        #expect(try look(0) == [])
        #expect(try look(2.6) == [.backup, .verify])
        #expect(try look(2.7) == [])
        // Two nights and two days later: one run makes up for what was missed of each.
        #expect(try look(75) == [.backup, .verify])
        let states = Dictionary(grouping: try ledger.occurrences(limit: 99), by: \.kind).mapValues { $0.map(\.state) }
        #expect(
            states == [
                .backup: [.success, .missed, .missed, .success], .verify: [.success, .missed, .missed, .success],
            ])
    }

    @Test(
        "a check that is too long ago is told of once, and so is the next good one; the status and the metrics say so")
    func overdue() throws {
        let context = try context(
            "{ schedule: \"0 5 * * 6\", sample: 100% }", more: "    slo: { verified_within: 14d }\n")
        let objectives = context.configuration.proofObjectives
        #expect(objectives.map(\.within) == [14 * 86_400] && objectives.map(\.kinds) == [[.verify]])
        let now = Timestamp.now()
        func after(_ days: Int64) -> Timestamp { Timestamp(seconds: now.seconds + days * 86_400) }
        func status(_ days: Int64) throws -> JobStatus {
            let all = try JobStatus.all(context.configuration.jobs, context.configuration, ledger, at: after(days))
            return try #require(all.first)
        }
        func metric(_ days: Int64) throws -> Bool {
            let text = try RunnerMetrics(context.configuration, ledger, at: after(days)).text
            #expect(text.contains("dunnage_verify_within_seconds{backup=\"home\"} 1209600\n"))
            return text.contains("dunnage_verify_overdue{backup=\"home\"} 1\n")
        }
        // Nothing is late as long as there is time for a first one.
        #expect(try ledger.judge(proofs: objectives, at: now) == 0)
        #expect(try ledger.judge(proofs: objectives, at: after(14)) == 0)
        #expect(try !status(14).isUnproven && !metric(14))
        #expect(try ledger.judge(proofs: objectives, at: after(15)) == 1)
        #expect(try ledger.judge(proofs: objectives, at: after(16)) == 0)
        #expect(try status(16).isUnproven && metric(16))
        #expect(try run(.backup, context).exitCode == .success && run(.verify, context).exitCode == .success)
        #expect(try ledger.judge(proofs: objectives, at: after(1)) == 1)
        #expect(try !status(1).isUnproven && !metric(1))
        #expect(try status(1).proof?.last.map { $0 >= now } == true)
        // A check that finds damage proves nothing.
        _ = try damageVolume()
        #expect(try run(.verify, context).exitCode == .failure)
        #expect(try ledger.judge(proofs: objectives, at: after(15)) == 1)
        let events = try ledger.untoldEvents()
        #expect(events.map(\.kind) == [.overdue, .recovered, .overdue])
        #expect(events.allSatisfy { $0.duty == .verify && $0.destination == nil })
        #expect(try EventReports(in: context).tell() == 3)
    }

    @Test("without a schedule for checks, whatever reads every store back is a proof")
    func otherProofs() throws {
        let objective = ProofObjective(job: "home", destinations: ["disk", "away"], kinds: [], within: 100)
        try ledger.judge(proofs: [objective], at: Timestamp(seconds: 1000))
        try ledger.verified("home", at: "disk", Timestamp(seconds: 1050), isGood: true)
        #expect(try ledger.proofs([objective]).map(\.last) == [nil])
        try ledger.verified("home", at: "away", Timestamp(seconds: 1020), isGood: true)
        #expect(try ledger.proofs([objective]).map(\.last?.seconds) == [1020])
        #expect(try ledger.judge(proofs: [objective], at: Timestamp(seconds: 1120)) == 0)
        #expect(try ledger.judge(proofs: [objective], at: Timestamp(seconds: 1121)) == 1)
    }

    @Test("those who wait for a sign of life hear of a check only when it failed")
    func signsOfLife() throws {
        let context = try context("{ schedule: \"0 5 * * 6\", sample: 100% }")
        #expect(try run(.backup, context).exitCode == .success)
        let good = try run(.verify, context).report
        _ = try damageVolume()
        let bad = try run(.verify, context).report
        let forms: [ReportForm] = [
            .healthchecks(failsOnWarning: false, creates: false), .uptimeKuma, .cronitor, .duplicati,
        ]
        for form in forms {
            #expect(form.messages(for: good).isEmpty)
            #expect(form.messages(for: bad).count == 1)
        }
        #expect(ReportForm.report.messages(for: good).count == 1)
    }
}
