import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import Reporting

@Suite("A report by mail")
struct MailTests {
    private func document(_ report: RunReport, _ form: MailForm, from: String = "Sicherung Büro <b@example.com>") throws
        -> String
    {
        let message = try #require(form.messages(for: report, masking: { $0 }).first)
        let letter = try #require(Letter(message.body))
        let mail = MailDocument(
            letter, id: message.id, from: MailAddress(from),
            to: [MailAddress("Anna, \"A.\" <anna@example.com>"), MailAddress("ops@example.com")])
        return String(decoding: mail.bytes, as: UTF8.self)
    }

    @Test("has short lines of ASCII, all ending in CRLF, and the same identifier each time")
    func lines() throws {
        var report = ReportSamples.failure
        report.job = .init(name: "photos\r\nBcc: somebody@example.com")
        report.problems.append(.init(severity: .error, message: String(repeating: "långe ", count: 200)))
        let text = try document(report, try MailForm())
        #expect(text == (try document(report, try MailForm())))
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
        let header = lines.prefix { !$0.isEmpty }
        #expect(!header.contains { $0.hasPrefix("Bcc:") })
        #expect(header.contains("Date: Sat, 21 Nov 2026 23:58:03 +0000"))
        #expect(header.contains("From: =?UTF-8?B?U2ljaGVydW5nIELDvHJv?= <b@example.com>"))
        #expect(header.contains("To: \"Anna, A.\" <anna@example.com>,") && header.contains(" ops@example.com"))
        #expect(header.contains { $0.hasPrefix("Message-ID: <") && $0.hasSuffix("@example.com>") })
        #expect(text.contains("Content-Type: text/plain") && text.contains("Content-Type: text/html"))
    }

    @Test("has a subject of the configuration's, with the report's members or Duplicati's placeholders")
    func subjects() throws {
        let ours = try MailForm(subject: "[{{event}}] {{job.name}}: {{#problems}}{{code}} {{/problems}}<ü>")
        #expect(
            try document(ReportSamples.warning, ours).contains(
                "Subject: =?UTF-8?B?W3dhcm5pbmddIHBob3RvczogVzIwNCA8w7w+?=\r\n"))
        let theirs = try MailForm(style: .duplicati, subject: "%PARSEDRESULT% {{x}} %backup-name%")
        #expect(try document(ReportSamples.success, theirs).contains("Subject: Success {{x}} documents\r\n"))
        #expect(throws: ReportingError.self) { try MailForm(subject: "{{#open}}") }
    }

    @Test("escapes what HTML would take for its own")
    func html() throws {
        let text = ReportText(ReportSamples.failure, masking: { $0 })
        let page = MailHTML(ReportSamples.failure, text, masking: { $0 }).document
        #expect(page.contains("cloud: &lt;no answer&gt; &amp; &quot;nothing&quot; else"))
        #expect(!page.contains("<no answer>") && !page.contains("<script") && !page.contains("http"))
    }

    @Test("encodes words of any language so that each can be decoded alone")
    func words() throws {
        #expect(EncodedWords.encode("plain: text?") == "plain: text?")
        #expect(EncodedWords.encode("=?x") != "=?x" && EncodedWords.encode("a\r\nB: c") == "a  B: c")
        let text = String(repeating: "日本語🙂é", count: 20)
        var decoded: [UInt8] = []
        for word in EncodedWords.encode(text).split(separator: " ") {
            #expect(word.count <= 75 && word.hasPrefix("=?UTF-8?B?") && word.hasSuffix("?="))
            let bytes = try #require(Base64.decode(String(word.dropFirst(10).dropLast(2))))
            #expect(String(validating: bytes, as: UTF8.self) != nil)
            decoded += bytes
        }
        #expect(String(decoding: decoded, as: UTF8.self) == text)
    }

    @Test(
        "arrives at a real server, and is refused or taken later as that says",
        .enabled(if: MailServers.areThere, Comment(rawValue: MailServers.absence)))
    func server() throws {
        let servers = try MailServers.shared()
        let transport = Transport(
            version: "test", settings: TransportSettings(certificateAuthorities: servers.authority, proxy: .none))
        let message = try #require(try MailForm().messages(for: ReportSamples.failure, masking: { $0 }).first)
        func send(_ sender: String, _ recipients: [String], _ password: Secret) -> DeliveryAttempt {
            let endpoint = MailEndpoint(
                server: Secret("smtps://backup@localhost:\(servers.implicit)"), password: password, sender: sender,
                recipients: recipients)
            return ReportEndpoint.mail(endpoint).send(message, over: transport, timeout: .seconds(5))
        }
        let taken = send(
            "Backup <b@example.com>", ["Anna <reporting@example.com>", "refused@example.com"], servers.password)
        #expect(taken.isDelivered && taken.detail.contains("refused@example.com (550 no such user)"))
        let arrived = try #require(try servers.messages(to: "reporting@example.com").first)
        #expect(
            arrived.sender == "b@example.com" && arrived.content.contains("Subject: photos: failed with 1 error\r\n"))
        #expect(send("full@example.com", ["a@example.com"], servers.password).outcome == .postponed(asked: nil))
        #expect(send("dying@example.com", ["a@example.com"], servers.password).outcome == .postponed(asked: nil))
        #expect(send("forbidden@example.com", ["a@example.com"], servers.password).outcome == .refused)
        let wrong = send("b@example.com", ["a@example.com"], Secret("swordfish"))
        #expect(
            wrong.outcome == .refused && wrong.detail.contains("the password") && !wrong.detail.contains("swordfish"))
    }
}

@Suite("A template")
struct ReportTemplateTests {
    private func rendered(
        _ text: String, type: String = "application/json", _ report: RunReport = ReportSamples.failure
    ) throws -> String {
        try ReportTemplate(text, contentType: type).rendered(report) { $0.replacing("cloud", with: "••••") }
    }

    @Test("stays JSON whatever is filled in")
    func json() throws {
        let text = try rendered(
            #"{"a":"{{title}}","b":[{{#problems}}{"m":"{{message}}","n":{{count}}},{{/problems}}0]}"#)
        let document = try JSONValue(parsing: text)
        #expect(document["b"]?.array?.count == 3)
        #expect(
            document["b"]?.array?.first?["m"]?.string
                == "••••: <no answer> & \"nothing\" else\nTry `again` later, at 100%.")
        #expect(try rendered("{{title}} {{{title}}} {{nothing}}|", type: "text/plain").hasSuffix("|"))
        #expect(
            try rendered("{{#problems}}{{message}}{{/problems}}", type: "text/plain").contains(
                "<no answer> & \"nothing\""))
    }

    @Test("has sections for what is there and what is not, and knows truth")
    func sections() throws {
        let text =
            "{{#source}}{{files}}{{/source}}{{^slo}}no slo{{/slo}}{{#run.interrupted}}stopped{{/run.interrupted}}"
        #expect(try rendered(text) == "10no slo")
    }

    @Test("that cannot be read is refused with what is wrong", arguments: ["{{#a}}", "{{a", "{{/a}}", "{{#a}}{{/b}}"])
    func broken(_ text: String) throws {
        let error = #expect(throws: ReportingError.self) { try ReportTemplate(text) }
        let known = try #require(error)
        #expect("\(known)".hasPrefix("The template cannot be read: "))
    }
}
