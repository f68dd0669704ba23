import Support
import TestSupport
import Testing
import Transport

@testable import Reporting

@Suite(
    "A report over XMPP", .enabled(if: XMPPServers.areThere, Comment(rawValue: XMPPServers.absence)))
struct XMPPTests {
    private let servers: XMPPServers
    private let transport: Transport

    init() throws {
        servers = try XMPPServers.shared()
        transport = Transport(
            version: "test",
            settings: TransportSettings(certificateAuthorities: servers.authority, proxy: .none))
    }

    private enum Port {
        case startTLS
        case direct
    }

    private func send(
        _ body: String = "hello", id: String, from account: String = "backup@localhost",
        to recipients: [String] = ["anna@localhost"], port: Port = .startTLS, password: Secret? = nil,
        resource: String? = nil, startTLS: MailRequest.StartTLS = .required, over other: Transport? = nil
    ) -> DeliveryAttempt {
        let server =
            port == .direct ? "xmpps://127.0.0.1:\(servers.direct)" : "xmpp://127.0.0.1:\(servers.startTLS)"
        let endpoint = XMPPEndpoint(
            account: account, password: password ?? servers.password, recipients: recipients, server: server,
            resource: resource, startTLS: startTLS)
        return ReportEndpoint.xmpp(endpoint).send(
            ReportMessage(id: id, body: Array(body.utf8)), over: other ?? transport, timeout: .seconds(10))
    }

    @Test("arrives over STARTTLS and over TLS from the first byte, by the best way to log in")
    func arrives() throws {
        for (port, id) in [(Port.startTLS, "starttls"), (.direct, "direct")] {
            let attempt = send("zwei\nZeilen <&> \"'", id: id, port: port)
            #expect(attempt.isDelivered, "\(attempt.detail)")
            let message = try #require(try servers.messages(to: "anna@localhost", id: id).first)
            #expect(message.body == "zwei\nZeilen <&> \"'" && message.type == "chat" && message.language == "en")
            #expect(message.isEncrypted && message.mechanism == "SCRAM-SHA-256")
            #expect(message.sender.hasPrefix("backup@localhost/"))
        }
    }

    @Test("goes by the ways that a server has, and names its connection as it is told")
    func mechanisms() throws {
        for (host, mechanism) in [("sha1.localhost", "SCRAM-SHA-1"), ("plain.localhost", "PLAIN")] {
            let attempt = send(
                id: "mechanism", from: "backup@\(host)", to: ["anna@\(host)"], resource: "cellar & attic")
            #expect(attempt.isDelivered, "\(host): \(attempt.detail)")
            let message = try #require(try servers.messages(to: "anna@\(host)", id: "mechanism").first)
            #expect(message.mechanism == mechanism && message.isEncrypted)
            #expect(message.sender == "backup@\(host)/cellar & attic")
        }
    }

    @Test("logs in with a password of any language, written in another way than the server's")
    func languages() throws {
        let attempt = send(id: "umlaut", from: "umlaut@localhost", password: Secret("Gru\u{0308}ße Ⅳ"))
        #expect(attempt.isDelivered, "\(attempt.detail)")
    }

    @Test("goes to everybody, and names those whose server sends it back")
    func recipients() throws {
        let attempt = send(
            id: "several", to: ["anna@localhost", "nobody@localhost", "Operations <ops@localhost>"])
        #expect(attempt.isDelivered)
        #expect(attempt.detail.contains("nobody@localhost (service-unavailable"), "\(attempt.detail)")
        #expect(!attempt.detail.contains("anna@") && !attempt.detail.contains("ops@"))
        for recipient in ["anna@localhost", "ops@localhost"] {
            #expect(try servers.messages(to: recipient, id: "several").count == 1)
        }
    }

    @Test("is refused where nobody has the address, and comes again where the mailbox is full or the connection ends")
    func returns() throws {
        let nobody = send(id: "nobody", to: ["nobody@localhost"])
        #expect(nobody.outcome == .refused && nobody.detail.contains("Check `to`"), "\(nobody.detail)")
        let full = send(id: "full", to: ["full@localhost"])
        #expect(full.outcome == .postponed(asked: nil) && full.detail.contains("The mailbox is full."))
        let dying = send(id: "dying", to: ["dying@localhost"])
        #expect(dying.outcome == .postponed(asked: nil), "\(dying.detail)")
    }

    @Test("is refused with a wrong password, which nobody gets to see")
    func wrongPassword() throws {
        for host in ["localhost", "plain.localhost"] {
            let attempt = send(id: "wrong", from: "backup@\(host)", password: Secret("swordfish"))
            #expect(attempt.outcome == .refused && attempt.detail.contains("not-authorized"), "\(attempt.detail)")
            #expect(!attempt.detail.contains("swordfish") && !attempt.answer.contains("swordfish"))
        }
    }

    @Test("is not sent to a server that an unknown authority vouches for, or that is somebody else")
    func certificates() throws {
        let strict = Transport(version: "test", settings: TransportSettings(proxy: .none))
        for port in [Port.startTLS, .direct] {
            let unknown = send(id: "untrusted", port: port, over: strict)
            #expect(!unknown.isDelivered && unknown.detail.contains("certificate is not accepted"))
            #expect(unknown.detail.contains("/CN=good"), "\(unknown.detail)")
        }
        let elsewhere = send(id: "elsewhere", from: "backup@elsewhere.example", port: .direct)
        #expect(!elsewhere.isDelivered && elsewhere.detail.contains("certificate"), "\(elsewhere.detail)")
        #expect(try servers.messages(to: "anna@localhost", id: "untrusted").isEmpty)
    }

    @Test("goes only to the server whose public key was named, when one was")
    func pins() throws {
        let pin = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        let pinned = transport.trusting(authorities: nil, publicKey: pin)
        let attempt = send(id: "pinned", over: pinned)
        #expect(!attempt.isDelivered && attempt.detail.contains("public key"), "\(attempt.detail)")
    }

    @Test("is not sent in clear unless that is allowed, and never with the password in clear")
    func clear() throws {
        let account = "backup@clear.localhost"
        let refused = send(id: "clear", from: account, to: ["anna@clear.localhost"])
        #expect(!refused.isDelivered && refused.detail.contains("offers no encryption"), "\(refused.detail)")
        for way in [MailRequest.StartTLS.opportunistic, .off] {
            let sent = send(id: "clear-\(way)", from: account, to: ["anna@clear.localhost"], startTLS: way)
            #expect(sent.isDelivered, "\(sent.detail)")
            let message = try #require(try servers.messages(to: "anna@clear.localhost", id: "clear-\(way)").first)
            #expect(!message.isEncrypted && message.mechanism.hasPrefix("SCRAM-"))
        }
        // The other hosts take nobody before the connection is encrypted.
        let insisting = send(id: "insisting", from: "backup@plain.localhost", startTLS: .off)
        #expect(insisting.outcome == .refused, "\(insisting.detail)")
    }

    @Test("waits where nobody answers, and where what answers speaks something else")
    func elsewhere() throws {
        func attempt(_ server: String) -> DeliveryAttempt {
            let endpoint = XMPPEndpoint(
                account: "backup@localhost", password: servers.password, recipients: ["anna@localhost"],
                server: server)
            return ReportEndpoint.xmpp(endpoint).send(
                ReportMessage(id: "x", body: []), over: transport, timeout: .seconds(5))
        }
        #expect(attempt("xmpp://127.0.0.1:1").outcome == .postponed(asked: nil))
        let web = try LoopbackHTTPServer([.response(status: 200), .response(status: 200)])
        defer { web.stop() }
        let wrong = attempt(web.url.replacing("http://", with: "xmpp://"))
        #expect(wrong.outcome != .delivered)
        for address in ["xmpp://", "https://x", "xmpp://a:b", "xmpp://a/b"] {
            #expect(attempt(address).outcome == .refused, "\(address)")
        }
    }

    @Test("ends soon when somebody asks")
    func cancelled() throws {
        let flag = CancellationFlag()
        flag.cancel()
        let endpoint = XMPPEndpoint(
            account: "backup@localhost", password: servers.password, recipients: ["anna@localhost"],
            server: "xmpp://127.0.0.1:\(servers.startTLS)")
        let attempt = ReportEndpoint.xmpp(endpoint).send(
            ReportMessage(id: "cancelled", body: []), over: transport, timeout: .seconds(10), cancellation: flag)
        #expect(attempt.outcome == .cancelled)
        #expect(try servers.messages(to: "anna@localhost", id: "cancelled").isEmpty)
    }
}

@Suite("The form of a report over XMPP")
struct XMPPFormTests {
    @Test("is the report's text, a text of one's own, or Duplicati's with its placeholders")
    func forms() throws {
        func text(_ form: XMPPForm, _ report: RunReport = ReportSamples.warning) throws -> [String] {
            form.messages(for: report, masking: { $0.replacing("photos", with: "••••") }).map {
                String(decoding: $0.body, as: UTF8.self)
            }
        }
        let usual = try #require(try text(XMPPForm()).first)
        #expect(usual.hasPrefix("••••: finished with ") && usual.contains("Took "))
        #expect(try text(XMPPForm(text: "{{event}} <{{run.result}}>")) == ["warning <warning>"])
        let theirs = try text(XMPPForm(style: .duplicati), ReportSamples.success)
        #expect(theirs.allSatisfy { $0.hasPrefix("Duplicati Backup report for ") })
        let own = try XMPPForm(style: .duplicati, text: "%PARSEDRESULT%!")
        #expect(try text(own, ReportSamples.success).first == "Success!")
        #expect(throws: ReportingError.self) { try XMPPForm(text: "{{#open}}") }
    }

    @Test("a mail can have a text of one's own, and no HTML then")
    func mailBody() throws {
        let form = try MailForm(body: "{{job.name}} <{{event}}>")
        let message = try #require(form.messages(for: ReportSamples.warning, masking: { $0 }).first)
        let letter = try #require(Letter(message.body))
        #expect(letter.text == "photos <warning>" && letter.html == nil)
        let theirs = try MailForm(style: .duplicati, body: "%PARSEDRESULT% of %backup-name%")
        let part = try #require(theirs.messages(for: ReportSamples.success, masking: { $0 }).first)
        #expect(try #require(Letter(part.body)).text == "Success of documents")
        #expect(throws: ReportingError.self) { try MailForm(body: "{{#open}}") }
    }
}
