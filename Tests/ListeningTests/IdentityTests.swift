import Glibc
import Support
import TestSupport
import Testing
import Transport

@testable import Listening

@Suite("TLS of a listener", .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "the openssl command is not installed"))
struct IdentityTests {
    @Test("serves over TLS, also what is large or streamed, over one connection")
    func service() throws {
        let files = try CertificateFiles()
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let handler: Listener.Handler = { request in
            switch request.path.first {
            case "large": .bytes(type: "a/b", large)
            case "stream": ServerResponse(200, body: .stream(length: nil) { try $0.write(large) })
            default: .text("\(request.isTLS) \(request.body.count)")
            }
        }
        try ListenerKit.serve(files.endpoint(), handler: handler) { listener throws in
            let transport = ListenerKit.transport(trusting: files.certificate)
            let url = "https://127.0.0.1:\(listener.port)"
            let body = [UInt8](repeating: 5, count: 900_000)
            for _ in 0..<3 {
                #expect(try transport.send(HTTPRequest(.put, url, body: body)).body == Array("true 900000".utf8))
                var request = HTTPRequest(.get, "\(url)/large", maximumResponseBytes: 4 << 20)
                #expect(try transport.send(request).body == large)
                request.url = "\(url)/stream"
                #expect(try transport.send(request).body == large)
            }
            #expect(listener.statistics.accepted == 1)
        }
    }

    @Test("speaks TLS 1.2 and 1.3, and nothing older")
    func versions() throws {
        let files = try CertificateFiles()
        try ListenerKit.serve(files.endpoint()) { listener throws in
            func connects(_ options: String) -> Bool {
                let command =
                    "/usr/bin/openssl s_client -connect 127.0.0.1:\(listener.port) -CAfile '\(files.certificate)' "
                    + "-verify_return_error \(options) </dev/null >/dev/null 2>&1"
                return system(command) == 0
            }
            #expect(connects("-tls1_3") && connects("-tls1_2"))
            #expect(connects("-tls1_2 -alpn h2,http/1.1") && !connects("-tls1_2 -alpn h2"))
            #expect(!connects("-tls1_1 -cipher ALL@SECLEVEL=0") && !connects("-tls1 -cipher ALL@SECLEVEL=0"))
            #expect(!connects("-tls1_2 -cipher AES128-SHA") && !connects("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256"))
        }
    }

    @Test("handshakes that do not go on keep nobody from being served, and are given up in time")
    func slowHandshakes() throws {
        let files = try CertificateFiles()
        var limits = ListenerLimits()
        limits.handshakeTimeout = .milliseconds(500)
        let events = EventLog()
        try ListenerKit.serve(files.endpoint(), limits: limits, events: events) { listener throws in
            let slow = try (0..<100).map { number in
                let client = try RawClient(listener)
                // The beginning of a hello.
                if number % 2 == 0 { try client.send([0x16, 3, 1, 2, 0, 1, 0]) }
                return client
            }
            let transport = ListenerKit.transport(trusting: files.certificate)
            #expect(try transport.send(HTTPRequest(.get, "https://127.0.0.1:\(listener.port)/")).status == 200)
            for client in slow { #expect(client.isClosed()) }
        }
        #expect(events.texts.contains { $0.contains("it took too long") })
    }

    @Test("goes on serving however often certificates were taken over")
    func manyReloads() throws {
        let files = try CertificateFiles()
        let identity = try TLSIdentity(certificate: files.certificate, key: files.key)
        for _ in 0..<400 { try identity.reload() }
        let endpoint = Listener.Endpoint(try ListenAddress("127.0.0.1:0"), identity: identity)
        try ListenerKit.serve(endpoint) { listener throws in
            let transport = ListenerKit.transport(trusting: files.certificate)
            #expect(try transport.send(HTTPRequest(.get, "https://127.0.0.1:\(listener.port)/")).status == 200)
        }
    }

    @Test("says so to clients that speak plain HTTP")
    func plain() throws {
        let files = try CertificateFiles()
        try ListenerKit.serve(files.endpoint()) { listener throws in
            let client = try RawClient(listener)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try client.response()
            #expect(response.status == 400 && response.text.contains("use https"))
            let noise = try RawClient(listener)
            try noise.send([UInt8](repeating: 0xff, count: 1000))
            noise.endSending()
            _ = noise.countToEnd()
            let transport = ListenerKit.transport(trusting: files.certificate)
            #expect(try transport.send(HTTPRequest(.get, "https://127.0.0.1:\(listener.port)/")).status == 200)
        }
    }

    @Test("takes over files that change, while connections that are open go on")
    func rotation() throws {
        let files = try CertificateFiles()
        let events = EventLog()
        try ListenerKit.serve(files.endpoint(), events: events) { listener throws in
            let url = "https://127.0.0.1:\(listener.port)/"
            let old = ListenerKit.transport(trusting: try files.copyOfCertificate())
            #expect(try old.send(HTTPRequest(.get, url)).status == 200)
            try files.make()
            #expect(
                ListenerKit.eventually {
                    let new = ListenerKit.transport(trusting: files.certificate)
                    return (try? new.send(HTTPRequest(.get, url)))?.status == 200
                })
            // The same connection as before.
            #expect(try old.send(HTTPRequest(.get, url)).status == 200)
        }
        #expect(events.texts.contains { $0.contains("is used from now on") })
    }

    @Test("keeps the old pair while the new one is broken, and tells that once")
    func brokenRotation() throws {
        let files = try CertificateFiles()
        let identity = try TLSIdentity(certificate: files.certificate, key: files.key)
        let expiry = identity.expiry
        #expect(abs(expiry.seconds - Timestamp.now().seconds - 2 * 86_400) < 3600)
        var told: [String] = []
        func look(_ patience: Duration = .zero) -> TLSContext {
            identity.current(lookingEvery: .zero, patience: patience) { kind in
                switch kind {
                case .certificateRefused(let error): told.append("\(error)")
                case .certificateLoaded: told.append("loaded")
                default: told.append("?")
                }
            }
        }
        let first = look()
        try files.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: files.certificate)
        // Two files are not replaced at once.
        #expect(look(.seconds(60)) === first && told.isEmpty)
        #expect(look() === first && look() === first && told.count == 1)
        #expect(told.first?.contains("holds no certificate that can be used") == true)
        #expect(throws: ListeningError.self) { try identity.reload() }
        unlink(files.key)
        #expect(look() === first && told.count == 2)
        try files.make()
        #expect(look() !== first && told.last == "loaded" && look() === look())
        try files.make()
        try identity.reload()
    }

    @Test("says what is wrong with files, and never asks for a passphrase")
    func refusals() throws {
        let files = try CertificateFiles()
        let other = try CertificateFiles()
        func refusal(_ certificate: String, _ key: String) -> String {
            do {
                _ = try TLSIdentity(certificate: certificate, key: key)
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(files.certificate, other.key).contains("does not belong to the certificate"))
        #expect(refusal(files.key, files.key).contains("holds no certificate"))
        #expect(refusal(files.certificate, files.certificate).contains("holds no private key"))
        #expect(refusal("\(files.folder.path)/none", files.key).contains("No such file"))
        let locked = "\(files.folder.path)/locked.pem"
        #expect(system("/usr/bin/openssl pkey -in '\(files.key)' -aes256 -passout pass:a -out '\(locked)'") == 0)
        #expect(refusal(files.certificate, locked).contains("without a passphrase"))
        let both = "\(files.folder.path)/both.pem"
        #expect(system("cat '\(files.key)' '\(files.certificate)' '\(other.certificate)' >'\(both)'") == 0)
        #expect(refusal(both, both) == "accepted")
        let torn = "\(files.folder.path)/torn.pem"
        #expect(system("(cat '\(files.certificate)'; head -c 200 '\(other.certificate)') >'\(torn)'") == 0)
        #expect(refusal(torn, files.key).contains("holds no certificate"))
    }
}

/// A certificate for 127.0.0.1 that signed itself, and its key.
struct CertificateFiles {
    let folder: TemporaryFolder
    var certificate: String { "\(folder.path)/certificate.pem" }
    var key: String { "\(folder.path)/key.pem" }

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-identity")
        try make()
    }

    /// Makes another pair under the same names.
    func make() throws {
        let command = """
            /usr/bin/openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
            -addext subjectAltName=IP:127.0.0.1 -keyout '\(key).new' -out '\(certificate).new' 2>/dev/null \
            && mv '\(certificate).new' '\(certificate)' && mv '\(key).new' '\(key)'
            """
        guard system(command) == 0 else { throw SystemError("make a certificate") }
    }

    func copyOfCertificate() throws -> String {
        guard system("cp '\(certificate)' '\(folder.path)/old.pem'") == 0 else { throw SystemError("copy") }
        return "\(folder.path)/old.pem"
    }

    func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    func endpoint() throws -> Listener.Endpoint {
        Listener.Endpoint(
            try ListenAddress("127.0.0.1:0"), identity: try TLSIdentity(certificate: certificate, key: key))
    }
}
