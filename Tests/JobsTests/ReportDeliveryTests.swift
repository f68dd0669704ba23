import Configuration
import Foundation
import Glibc
import JSON
import Jobs
import Ledger
import Reporting
import Secrets
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("The delivery of reports")
struct ReportDeliveryTests {
    private let fixture: Fixture
    private let ledger: Ledger

    init() throws {
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        fixture.environment["TOKEN"] = "sword-fish-token"
        self.fixture = fixture
        ledger = try Ledger(path: "\(fixture.path)/ledger.sqlite")
    }

    /// The fixture's configuration with other receivers.
    private func context(_ reports: String, names: String = "[monitor]") throws -> RunContext {
        let whole = fixture.text(
            reportingTo: "http://127.0.0.1:1", replacing: [("reports: [monitor]", "reports: \(names)")])
        let head = try #require(whole.components(separatedBy: "\nreports:\n").first)
        var text = "\(head)\nreports:\n\(reports)\n"
        // A secret that nothing uses is a warning that the fixture does not take.
        if reports.contains("token") {
            text = text.replacing("  report_key:\n    env", with: "  token:\n    env: TOKEN\n  report_key:\n    env")
        }
        if !reports.contains("report_key") { text = text.replacing("  report_key:\n    env: REPORT_KEY\n", with: "") }
        var context = try fixture.context(text)
        context.ledger = ledger
        return context
    }

    private func webhook(_ url: String, _ more: String = "") -> String {
        "  monitor:\n    webhook:\n      url: \(url)/hook\n      sign: { secret: report_key }\n\(more)"
    }

    private func report(_ id: String, _ event: RunReport.Event? = nil) -> RunReport {
        RunReport(
            instance: .init(name: "laptop", version: "1"), job: .init(name: "home"),
            run: .init(
                id: id, trigger: .manual, started: .now(), finished: .now(), result: .success, exitCode: 0),
            event: event)
    }

    private func bodies(_ server: LoopbackHTTPServer) throws -> [JSONValue] {
        try server.requests.map { try JSONValue(parsing: $0.body) }
    }

    @Test("what one process could not deliver the next one does, in order, with the same identifiers")
    func later() throws {
        let isUp = Atomic<Bool>(false)
        let server = try LoopbackHTTPServer { _, _ in .response(status: isUp.load(ordering: .relaxed) ? 204 : 503) }
        defer { server.stop() }
        let context = try context(webhook(server.url))
        let names = ["monitor"]
        for id in ["1", "2"] {
            let receipts = ReportDelivery(in: context).send(report(id), to: names)
            #expect(receipts.map(\.isDelivered) == [false])
        }
        // The second waited for the first, which was tried again only when it was due.
        #expect(server.requests.map { $0["webhook-id"] } == ["1"])
        isUp.store(true, ordering: .relaxed)
        let next = OutboxDelivery(
            ledger: try Ledger(path: ledger.path), configuration: context.configuration, secrets: context.secrets,
            transport: context.transport, policy: DeliveryPolicy(), logger: context.logger)
        let due = try #require(try next.nextDue())
        #expect(due > .now())
        let results = try next.deliverDue(now: Timestamp(seconds: due.seconds + 1))
        #expect(results.map(\.attempt.isDelivered) == [true, true])
        #expect(server.requests.map { $0["webhook-id"] } == ["1", "1", "2"])
        #expect(try next.nextDue() == nil)
        #expect(fixture.lines.all.contains { $0.hasPrefix("warning report not delivered") })
    }

    @Test("is given up after a day, and the next report to anybody says so once")
    func givenUp() throws {
        let server = try LoopbackHTTPServer { request, _ in .response(status: request.target == "/other" ? 204 : 503) }
        defer { server.stop() }
        let context = try context(
            webhook(server.url) + "  other: { webhook: { url: \"\(server.url)/other\" } }", names: "[monitor, other]")
        let delivery = ReportDelivery(in: context)
        delivery.send(report("1"), to: ["monitor"])
        let outbox = OutboxDelivery(
            ledger: ledger, configuration: context.configuration, secrets: context.secrets,
            transport: context.transport, policy: DeliveryPolicy(), logger: context.logger)
        let created = try #require(try outbox.outbox.entries().first).draft.created
        // Pauses double up to ten minutes: about 150 attempts in a day.
        var now = created
        var attempts = 1
        while let due = try outbox.nextDue() {
            #expect(due.seconds - now.seconds <= 601)
            now = due
            attempts += try outbox.deliverDue(now: now).count
        }
        #expect((145...155).contains(attempts) && now.seconds - created.seconds <= 86_401)
        #expect(try outbox.outbox.tallies().first?.dropped == 1)
        delivery.send(report("2"), to: ["other"])
        delivery.send(report("3"), to: ["other"])
        let told = try bodies(server).filter { $0["id"]?.string == "2" || $0["id"]?.string == "3" }
        let problem = try #require(told.first?["problems"]?.array?.first)
        #expect(problem["code"]?.string == "W211" && problem["message"]?.string?.contains("'monitor'") == true)
        #expect(problem["message"]?.string?.contains("HTTP 503") == true)
        #expect(told.first?["event"]?.string == "success" && told.last?["problems"]?.array?.isEmpty == true)
    }

    @Test("does without the ledger when that cannot be used")
    func unkept() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        var context = try context(webhook(server.url))
        let path = "\(fixture.path)/broken.sqlite"
        context.ledger = try Ledger(path: path)
        let script = "import sqlite3; sqlite3.connect('\(path)').execute('DROP TABLE outbox')"
        try #require(system("python3 -c \"\(script)\"") == 0)
        let receipts = ReportDelivery(in: context).send(report("1"), to: ["monitor"])
        #expect(receipts.map(\.isDelivered) == [true] && server.requests.map { $0["webhook-id"] } == ["1"])
        #expect(fixture.lines.all.contains { $0.hasPrefix("error reports are not kept") })
    }

    @Test("ends at once for what a receiver refuses, and for a receiver that is no longer there")
    func refused() throws {
        let server = try LoopbackHTTPServer([.response(status: 401)])
        defer { server.stop() }
        let first = try context(webhook(server.url))
        let receipts = ReportDelivery(in: first).send(report("1"), to: ["monitor"])
        #expect(receipts.first?.isDelivered == false && receipts.first?.detail.contains("HTTP 401") == true)
        try ReportDelivery(in: first).enqueue(report("2"), to: ["monitor"])
        let second = try context("  other: { webhook: { url: \"\(server.url)/other\" } }", names: "[other]")
        let delivery = OutboxDelivery(
            ledger: ledger, configuration: second.configuration, secrets: second.secrets, transport: second.transport,
            policy: DeliveryPolicy(), logger: second.logger)
        let results = try delivery.deliverDue(now: .now())
        #expect(results.first?.attempt.detail.contains("no receiver of this name") == true)
        let tally = try #require(try delivery.outbox.tallies().first)
        #expect(tally.dropped == 2 && tally.untold == 2 && server.requests.count == 1)
    }

    @Test("waits for a secret that cannot be had, and keeps none in its file")
    func secrets() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        let reports = """
              monitor:
                webhook:
                  url: ${secret:token}
                  headers: { Authorization: "Bearer ${secret:token}" }
                  sign: { secret: report_key }
              chat: { telegram: { token: { secret: token }, chat: "@ops", url: "\(server.url)" } }
            """
        let context = try context(reports, names: "[monitor, chat]")
        var poor = context
        poor.secrets = SecretStore(sources: context.configuration.secrets, environment: [:], mask: fixture.mask)
        var sent = report("1")
        sent.problems = [.init(severity: .warning, message: "the token is sword-fish-token")]
        let receipts = ReportDelivery(in: context).send(sent, to: ["chat"])
        #expect(receipts.map(\.isDelivered) == [true])
        let request = try #require(server.requests.first)
        #expect(request.target == "/botsword-fish-token/sendMessage")
        let body = try JSONValue(parsing: request.body)
        #expect(body["chat_id"]?.string == "@ops" && body["text"]?.string?.contains("••••") == true)
        let waiting = ReportDelivery(in: poor).send(sent, to: ["monitor"])
        #expect(waiting.first?.isDelivered == false && waiting.first?.detail.contains("TOKEN") == true)
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
            let bytes = try SmallFile.read("\(fixture.path)/\(name)", limit: 4 << 20)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("sword-fish"))
        }
    }

    @Test("tells each receiver of its events only, and of a run's beginning before its end")
    func events() throws {
        let server = try LoopbackHTTPServer([.response(status: 200, body: Array("OK".utf8))])
        defer { server.stop() }
        let reports = """
              check: { healthchecks: { url: "\(server.url)/{job}" }, events: [start, success, failure, missed] }
              alarm: { webhook: { url: "\(server.url)/alarm" }, events: [missed, overdue] }
            """
        var context = try context(reports, names: "[check, alarm]")
        context.deliveryPolicy = Fixture.policy
        let result = JobRun(try context.configuration.findJob("home"), in: context).run()
        #expect(result.receipts.map(\.receiver) == ["check"] && result.receipts.allSatisfy(\.isDelivered))
        let targets = server.requests.map(\.target)
        #expect(targets.count == 2 && targets[0].hasPrefix("/home/start?rid=") && targets[1].hasPrefix("/home?rid="))
        ReportDelivery(in: context).send(report("9", .missed), to: ["check", "alarm"])
        #expect(server.requests.dropFirst(2).map(\.target) == ["/alarm"])
        #expect(server.requests.last?["ce-type"] == "dunnage.run.missed.v1")
    }

    @Test("follows what a webhook says of attempts, pauses, method and format")
    func settings() throws {
        let server = try LoopbackHTTPServer([.response(status: 500)])
        defer { server.stop() }
        let more = """
                  method: PUT
                  format: template
                  template: '{"text": "{{title}}", "id": "{{run.id}}"}'
                  retry: { attempts: 2, backoff: none, initial: 1min }
            """
        let context = try context(webhook(server.url, more))
        ReportDelivery(in: context).send(report("1"), to: ["monitor"])
        let outbox = OutboxDelivery(
            ledger: ledger, configuration: context.configuration, secrets: context.secrets,
            transport: context.transport, policy: DeliveryPolicy(), logger: context.logger)
        let entry = try #require(try outbox.outbox.entries().first)
        #expect((59...61).contains(entry.due.seconds - entry.draft.created.seconds))
        try outbox.deliverDue(now: entry.due)
        #expect(try outbox.outbox.entries().isEmpty)
        #expect(server.requests.map(\.method) == ["PUT", "PUT"])
        #expect(try bodies(server).map { $0["text"]?.string } == ["home: finished", "home: finished"])
    }

    @Test(
        "reaches people by mail, with Duplicati's subject where that is asked",
        .enabled(if: MailServers.areThere, Comment(rawValue: MailServers.absence)))
    func mail() throws {
        let servers = try MailServers.shared()
        func mail(_ name: String, _ more: String) -> String {
            """
              \(name):
                email:
                  smtp: smtp://backup@localhost:\(servers.startTLS)
                  password: { secret: token }
                  from: Backup <backup@example.com>
                  to: [\(name)@example.com]
                  tls: { ca_file: \(servers.authority) }
            \(more)
            """
        }
        var context = try context(
            mail("jobsmail", "") + "\n" + mail("jobsduplicati", "      format: duplicati"),
            names: "[jobsmail, jobsduplicati]")
        context.secrets = SecretStore(
            sources: context.configuration.secrets, environment: ["TOKEN": servers.password.reveal()],
            mask: fixture.mask)
        var told = report("mail-1")
        told.destinations = [.init(name: "disk", result: .success)]
        let receipts = ReportDelivery(in: context).send(told, to: ["jobsmail", "jobsduplicati"])
        #expect(receipts.map(\.isDelivered) == [true, true], "\(receipts)")
        let ours = try #require(try servers.messages(to: "jobsmail@example.com").first)
        #expect(ours.isEncrypted && ours.isLoggedIn && ours.content.contains("Subject: home: finished\r\n"))
        let theirs = try #require(try servers.messages(to: "jobsduplicati@example.com").first)
        #expect(theirs.content.contains("Subject: Duplicati Backup report for home\r\n"))
    }

    @Test("comes together at the time of a digest's schedule, and what is not in the digest at once")
    func digest() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        let context = try context(
            webhook(
                server.url,
                """
                    digest: { schedule: { cron: "0 8 * * 1", timezone: UTC }, include: [success] }
                """))
        let delivery = ReportDelivery(in: context)
        for id in ["1", "2", "2"] {
            #expect(delivery.send(report(id), to: ["monitor"]).first?.isDelivered == true)
        }
        #expect(server.requests.isEmpty)
        delivery.send(report("3", .missed), to: ["monitor"])
        #expect(try bodies(server).map { $0["event"]?.string } == ["missed"])
        let outbox = OutboxDelivery(
            ledger: ledger, configuration: context.configuration, secrets: context.secrets,
            transport: context.transport, policy: DeliveryPolicy(), logger: context.logger)
        let due = try #require(try outbox.nextDue())
        #expect(due > .now() && due.iso8601.hasSuffix("T08:00:00Z"))
        #expect(try outbox.deliverDue(now: Timestamp(seconds: due.seconds - 1)).isEmpty)
        #expect(try outbox.deliverDue(now: due).map(\.attempt.isDelivered) == [true])
        let digest = try #require(try bodies(server).last)
        #expect(digest["event"]?.string == "digest" && digest["title"]?.string == "laptop: 2 reports, 2 good")
        #expect(digest["log"]?["lines"]?.array?.count { $0.string?.hasSuffix("home: finished") == true } == 2)
        #expect(server.requests.last?["ce-type"] == "dunnage.digest.v1")
        #expect(try outbox.nextDue() == nil)
    }

    @Test("is tried out with a report that says that it is a test")
    func trial() throws {
        let server = try LoopbackHTTPServer([.response(status: 200, body: Array("thanks".utf8))])
        defer { server.stop() }
        let context = try context(webhook(server.url))
        let receiver = try #require(context.configuration.reports["monitor"])
        for event in RunReport.Event.allCases {
            let sample = SampleReport(
                of: event, job: context.configuration.jobs.first, in: context.configuration, at: .now()
            ).report
            let attempts = try ReportTrial(receiver, secrets: context.secrets, transport: context.transport).send(
                sample)
            #expect(attempts.map(\.answer) == ["thanks"] && sample.event == event)
        }
        let sent = try bodies(server)
        #expect(sent.map { $0["event"]?.string } == RunReport.Event.allCases.map(\.rawValue))
        #expect(
            sent.filter { $0["run"]?["exit_code"] != nil }.allSatisfy { body in
                body["problems"]?.array?.contains { $0["message"]?.string?.contains("is a test") == true } == true
            })
        #expect(try Outbox(ledger, instance: "laptop").entries().isEmpty)
    }
}
