import JSON
import Support
import Testing

@testable import Reporting

@Suite("The form of a report")
struct ReportFormTests {
    /// Every form with its name; templates and mail have a few more.
    private static func forms() throws -> [(String, ReportForm)] {
        [
            ("report", .report), ("cloudevents", .cloudEvents), ("duplicati", .duplicati),
            ("duplicati-form", .duplicatiForm), ("duplicati-status", .duplicatiStatus),
            (
                "template",
                .template(
                    try ReportTemplate(
                        #"{"text":"{{title}}","lost":[{{#problems}}"{{message}}",{{/problems}}null],"job":"{{job.name}}"}"#
                    ))
            ),
            ("mail", .mail(try MailForm())), ("mail-duplicati", .mail(try MailForm(style: .duplicati))),
            ("healthchecks", .healthchecks(failsOnWarning: false, creates: false)), ("uptime-kuma", .uptimeKuma),
            ("cronitor", .cronitor), ("ntfy", .ntfy(priority: nil)), ("gotify", .gotify), ("slack", .slack),
            ("discord", .discord), ("teams", .teams), ("telegram", .telegram), ("pagerduty", .pagerDuty),
            ("alertmanager", .alertmanager), ("apprise", .apprise(tag: "backup")),
        ]
    }

    @Test("is for every receiver and every event what it was before")
    func goldens() throws {
        for (name, form) in try Self.forms() {
            var text = ""
            for (event, report) in ReportSamples.all {
                let messages = form.messages(for: report)
                if messages.isEmpty { text += "=== \(event): nothing\n\n" }
                for message in messages { text += "=== \(event)\n\(Self.text(message))\n\n" }
            }
            try Golden.check(text, name: "forms/\(name).txt")
        }
    }

    private static func text(_ message: ReportMessage) -> String {
        var lines = ["\(message.method) \(message.path.isEmpty ? "-" : message.path)  (\(message.id))"]
        lines += message.query.map { "?\($0.name)=\($0.value)" }
        lines += message.headers.map { "\($0.name): \($0.value)" }
        let body = String(decoding: message.body, as: UTF8.self)
        lines.append("")
        if let json = try? JSONValue(parsing: message.body) {
            lines.append(String(decoding: json.serialized(pretty: true), as: UTF8.self))
        } else if body.hasPrefix("message=") {
            lines.append(String(decoding: PercentEncoding.decode(body), as: UTF8.self))
        } else {
            lines.append(body)
        }
        return lines.joined(separator: "\n")
    }

    @Test("never has a secret in it, nor more than receivers take")
    func bounds() throws {
        var report = ReportSamples.failure
        report.problems = (0..<3000).map {
            .init(severity: .error, message: "swordfish \($0) \(String(repeating: "ü", count: 60))")
        }
        report.log.lines = (0..<3000).map { "swordfish \($0) \(String(repeating: "x", count: 60))" }
        let mask = { (text: String) in text.replacing("swordfish", with: "••••") }
        for (name, form) in try Self.forms() {
            for message in form.messages(for: report, masking: mask) {
                let limit = name == "mail" ? 160 << 10 : 66 << 10
                #expect(message.body.count <= limit, "\(name): \(message.body.count)")
                let text = String(decoding: message.body, as: UTF8.self) + "\(message.query)\(message.headers)"
                #expect(!text.contains("swordfish"), "\(name)")
                #expect(!message.headers.contains { $0.value.utf8.contains { $0 < 0x20 || $0 > 0x7e } }, "\(name)")
            }
        }
    }

    @Test("keeps to the limits of the services in their own counts")
    func services() throws {
        var report = ReportSamples.failure
        report.job = .init(name: String(repeating: "n", count: 63))
        report.problems = [.init(severity: .error, message: String(repeating: "<&>🙂", count: 900))]
        func json(_ form: ReportForm) throws -> JSONValue {
            try JSONValue(parsing: try #require(form.messages(for: report).first).body)
        }
        let discord = try json(.discord)
        #expect((discord["content"]?.string?.utf16.count ?? 0) <= 2000)
        #expect((discord["embeds"]?.array?.first?["description"]?.string?.utf16.count ?? 0) <= 4096)
        #expect(discord["embeds"]?.array?.first?["description"]?.string?.contains("(cut)") == true)
        #expect((try json(.telegram)["text"]?.string?.utf16.count ?? 0) <= 4096)
        let blocks = try #require(try json(.slack)["blocks"]?.array)
        #expect((blocks[0]["text"]?["text"]?.string?.utf16.count ?? 0) <= 150)
        #expect((blocks[1]["text"]?["text"]?.string?.utf16.count ?? 0) <= 3000)
        let ntfy = ReportForm.ntfy(priority: nil).messages(for: report)
        #expect(ntfy.count == 1 && ntfy[0].body.count <= 4096)
        let ping = ReportForm.healthchecks(failsOnWarning: false, creates: true).messages(for: report)
        #expect(ping[0].body.count <= 10_000 && ping[0].query.last == .init("create", "1"))
        #expect(try json(.teams).serialized().count < 28_000)
    }

    @Test("for healthchecks says what a run with warnings is, and joins its beginning and its end")
    func healthchecks() throws {
        func ping(_ report: RunReport, _ fails: Bool = false) -> ReportMessage? {
            ReportForm.healthchecks(failsOnWarning: fails, creates: false).messages(for: report).first
        }
        #expect(ping(ReportSamples.warning)?.path == "" && ping(ReportSamples.warning, true)?.path == "/fail")
        #expect(ping(ReportSamples.start)?.query == ping(ReportSamples.warning)?.query)
        // 01JD6Z3M9K7Q8V5R2T4W6X8Y0A by an independent ULID reader.
        #expect(RunUUID(of: "01JD6Z3M9K7Q8V5R2T4W6X8Y0A").text == "01934df1-d133-3dd1-b2e0-5a270dd4780a")
        #expect(RunUUID(of: "something else").text.count == 36)
    }

    @Test("for PagerDuty and Alertmanager closes with one report what another has opened")
    func pairs() throws {
        func event(_ report: RunReport) throws -> [String?] {
            let body = try JSONValue(parsing: try #require(ReportForm.pagerDuty.messages(for: report).first).body)
            return [body["event_action"]?.string, body["dedup_key"]?.string]
        }
        #expect(try event(ReportSamples.failure) == ["trigger", "dunnage/homelab-01/photos/run"])
        #expect(try event(ReportSamples.warning) == ["resolve", "dunnage/homelab-01/photos/run"])
        #expect(try event(ReportSamples.overdue) == ["trigger", "dunnage/homelab-01/photos/overdue"])
        #expect(try event(ReportSamples.recovered) == ["resolve", "dunnage/homelab-01/photos/overdue"])
        func alerts(_ report: RunReport) throws -> [JSONValue] {
            let message = try #require(ReportForm.alertmanager.messages(for: report).first)
            return try #require(try JSONValue(parsing: message.body).array)
        }
        let fired = try alerts(ReportSamples.failure)[0]["labels"]
        #expect(fired?["alertname"]?.string == "DunnageRunFailed")
        #expect(try alerts(ReportSamples.warning).contains { $0["labels"] == fired })
        for alert in try ReportSamples.all.filter({ !["start", "digest"].contains($0.0) }).flatMap({ try alerts($0.1) })
        {
            #expect((alert["startsAt"]?.string ?? "z") <= (alert["endsAt"]?.string ?? ""))
        }
    }
}
