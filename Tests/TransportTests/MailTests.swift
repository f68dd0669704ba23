import Support
import TestSupport
import Testing

@testable import Transport

@Suite("A message to a mail server", .enabled(if: MailServers.areThere, Comment(rawValue: MailServers.absence)))
struct MailTests {
    private let servers: MailServers
    private let transport: Transport

    init() throws {
        servers = try MailServers.shared()
        transport = Transport(
            version: "test",
            settings: TransportSettings(certificateAuthorities: servers.authority, proxy: .none))
    }

    private func request(
        _ url: String, to recipients: [String], from sender: String = "backup@example.com",
        startTLS: MailRequest.StartTLS = .required, password: Secret? = nil, content: String = "Subject: x\r\n\r\nhello"
    ) throws -> MailRequest {
        MailRequest(
            to: try #require(MailServer(url)), password: password ?? servers.password, startTLS: startTLS,
            sender: sender, recipients: recipients, content: Array(content.utf8),
            timeouts: TransportTimeouts(connect: .seconds(5), firstByte: .seconds(5), whole: .seconds(10)))
    }

    @Test("goes over TLS from the first byte, after a log-in")
    func implicit() throws {
        let reply = try transport.send(
            try request("smtps://backup@localhost:\(servers.implicit)", to: ["implicit@example.com"]))
        #expect(reply.isAccepted && reply.refused.isEmpty)
        let message = try #require(try servers.messages(to: "implicit@example.com").first)
        #expect(message.server == "implicit" && message.isEncrypted && message.isLoggedIn)
        #expect(message.content.hasPrefix("Subject: x\r\n\r\nhello"))
    }

    @Test("goes over a connection that STARTTLS encrypts, before the password is said")
    func startTLS() throws {
        for (number, way) in [MailRequest.StartTLS.required, .opportunistic].enumerated() {
            let address = "starttls\(number)@example.com"
            let reply = try transport.send(
                try request("smtp://backup@localhost:\(servers.startTLS)", to: [address], startTLS: way))
            #expect(reply.isAccepted)
            let message = try #require(try servers.messages(to: address).first)
            #expect(message.server == "starttls" && message.isEncrypted && message.isLoggedIn)
        }
    }

    @Test("is not sent in clear where encryption is required, and is where it is not")
    func plain() throws {
        let url = "smtp://localhost:\(servers.plain)"
        let error = try #require(throws: TransportError.self) {
            try transport.send(try request(url, to: ["plain@example.com"]))
        }
        #expect(error.kind == .encryptionMissing && "\(error)".contains("offers no encryption"))
        #expect(try servers.messages(to: "plain@example.com").isEmpty)
        for way in [MailRequest.StartTLS.opportunistic, .off] {
            #expect(try transport.send(try request(url, to: ["plain@example.com"], startTLS: way)).isAccepted)
        }
        #expect(try servers.messages(to: "plain@example.com").map(\.isEncrypted) == [false, false])
        // A server that insists is told nothing when we do not want to encrypt.
        let reply = try transport.send(
            try request("smtp://localhost:\(servers.startTLS)", to: ["plain@example.com"], startTLS: .off))
        #expect(!reply.isAccepted && reply.code == 530)
    }

    @Test("is not sent to a server with a certificate of somebody else's")
    func certificate() throws {
        let strict = Transport(version: "test", usesProxies: false)
        for url in ["smtps://backup@localhost:\(servers.implicit)", "smtp://backup@localhost:\(servers.startTLS)"] {
            let error = try #require(throws: TransportError.self) {
                try strict.send(try request(url, to: ["nobody@example.com"]))
            }
            #expect(error.kind == .tls(certificate: true))
            #expect(!"\(error)".contains("pass word"))
        }
    }

    @Test("is refused with a wrong password, for good")
    func wrongPassword() throws {
        let reply = try transport.send(
            try request(
                "smtps://backup@localhost:\(servers.implicit)", to: ["nobody@example.com"],
                password: Secret("swordfish")))
        #expect(reply.code == 535 && !reply.isTransient && !reply.isAccepted)
    }

    @Test("reaches the recipients that are taken, and names those that are not")
    func recipients() throws {
        let url = "smtp://localhost:\(servers.plain)"
        let all = ["refused@example.com", "taken@example.com", "later@example.com", "also@example.com"]
        let reply = try transport.send(try request(url, to: all, startTLS: .off))
        #expect(reply.isAccepted)
        #expect(
            reply.refused == [
                "refused@example.com": "550 no such user", "later@example.com": "451 greylisted, come back",
            ])
        #expect(
            try servers.messages(to: "taken@example.com").map(\.recipients) == [
                ["taken@example.com", "also@example.com"]
            ])
        let refused = try transport.send(try request(url, to: ["refused@example.com"], startTLS: .off))
        #expect(refused.code == 550 && !refused.isTransient)
        let later = try transport.send(try request(url, to: ["later@example.com"], startTLS: .off))
        #expect(later.code == 451 && later.isTransient)
    }

    @Test("may be refused after all of it was sent, for now or for good")
    func afterData() throws {
        let url = "smtp://localhost:\(servers.plain)"
        let full = try transport.send(
            try request(url, to: ["a@example.com"], from: "full@example.com", startTLS: .off))
        #expect(full.code == 452 && full.isTransient && full.text == "mailbox is full")
        let forbidden = try transport.send(
            try request(url, to: ["a@example.com"], from: "forbidden@example.com", startTLS: .off))
        #expect(forbidden.code == 554 && !forbidden.isTransient)
    }

    @Test("is to be sent again when the connection ends in the middle of it")
    func dying() throws {
        let error = try #require(throws: TransportError.self) {
            try transport.send(
                try request(
                    "smtp://localhost:\(servers.plain)", to: ["a@example.com"], from: "dying@example.com",
                    startTLS: .off))
        }
        #expect(error.isTransient, "\(error)")
        let nobody = try #require(throws: TransportError.self) {
            try transport.send(try request("smtp://127.0.0.1:1", to: ["a@example.com"], startTLS: .off))
        }
        #expect(nobody.kind == .connection)
    }

    @Test("keeps lines that begin with a dot, and cannot be ended or continued by its addresses")
    func dots() throws {
        let url = "smtp://localhost:\(servers.plain)"
        _ = try transport.send(
            try request(
                url, to: ["dots@example.com"], startTLS: .off, content: "Subject: x\r\n\r\n.\r\n..a\r\n.b\r\nend"))
        let message = try #require(try servers.messages(to: "dots@example.com").first)
        #expect(message.content.hasPrefix("Subject: x\r\n\r\n.\r\n..a\r\n.b\r\nend"))
        for address in ["a@example.com>\r\nRCPT TO:<b@example.com", "a b@example.com", "nobody"] {
            let error = try #require(throws: TransportError.self) {
                try transport.send(try request(url, to: [address], startTLS: .off))
            }
            #expect(error.kind == .invalidRequest)
        }
    }
}

@Suite("The URL of a mail server")
struct MailServerTests {
    @Test("has a port by what is encrypted and who logs in, and a user who may be an address")
    func forms() throws {
        func parts(_ url: String) -> [String?]? {
            MailServer(url).map { [$0.origin, $0.user, $0.password?.reveal()] }
        }
        #expect(
            parts("smtps://me@example.com@mail.example.com") == ["smtps://mail.example.com:465", "me@example.com", nil])
        #expect(parts("SMTP://me%40x:p%20w@host/") == ["smtp://host:587", "me@x", "p w"])
        #expect(parts("smtp://host") == ["smtp://host:25", nil, nil])
        #expect(parts("smtp://[::1]:2525") == ["smtp://[::1]:2525", nil, nil])
        for url in [
            "http://host", "smtp://", "smtp://host:0", "smtp://host:x", "smtp://a:b:c", "smtp://[::1]x", "host",
        ] {
            #expect(parts(url) == nil, "\(url)")
        }
    }
}
