import Glibc
import Support
import TestSupport
import Testing
import Transport

@Suite("TLS", .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "the openssl command is not installed"))
struct TLSTests {
    @Test("accepts a certificate of an authority that it was told of, and no other")
    func authority() throws {
        let server = try TLSServer()
        defer { server.stop() }
        let url = "https://127.0.0.1:\(server.port)/"
        let trusting = Transport(version: "0", certificateAuthorities: server.certificate, usesProxies: false)
        #expect(try trusting.send(HTTPRequest(.get, url)).status == 200)

        let error = try failure(of: url)
        #expect(error.kind == .tls(certificate: true) && !error.isTransient)
        let wrongName = try #require(throws: TransportError.self) {
            try trusting.send(HTTPRequest(.get, "https://localhost:\(server.port)/"))
        }
        #expect(wrongName.kind == .tls(certificate: true))
    }

    @Test("a refused certificate is described: whose it is, until when, and its digest")
    func description() throws {
        let server = try TLSServer()
        defer { server.stop() }
        let error = try failure(of: "https://127.0.0.1:\(server.port)/")
        #expect(error.detail.contains("self-signed certificate") && error.detail.contains("/CN=test"))
        #expect(error.detail.contains("SHA-256 \(try server.digest("sha256"))"))
    }

    @Test(
        "accepts a certificate whose digest is known, on every connection, and no other", arguments: ["sha1", "sha256"])
    func pins(_ algorithm: String) throws {
        let server = try TLSServer()
        defer { server.stop() }
        let digest = try #require(Hex.decode(try server.digest(algorithm)))
        func transport(_ digests: [[UInt8]]) -> Transport {
            Transport(version: "0", settings: TransportSettings(pinnedCertificates: digests, proxy: .none))
        }
        let pinning = transport([[UInt8](repeating: 0, count: 20), digest])
        for _ in 0..<3 {
            // The name that is asked for is none of the certificate's.
            #expect(try pinning.send(HTTPRequest(.get, "https://localhost:\(server.port)/")).status == 200)
        }
        let other = transport([[UInt8](repeating: 0, count: digest.count)])
        let error = try #require(throws: TransportError.self) {
            try other.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        }
        #expect(error.kind == .tls(certificate: true) && error.detail.contains("none of those"))
    }

    @Test("accepts anything when told to")
    func anything() throws {
        let server = try TLSServer()
        defer { server.stop() }
        let careless = Transport(version: "0", settings: TransportSettings(acceptsAnyCertificate: true, proxy: .none))
        #expect(try careless.send(HTTPRequest(.get, "https://localhost:\(server.port)/")).status == 200)
    }

    @Test("says so when a server speaks no TLS")
    func plainServer() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        #expect(try failure(of: "https://127.0.0.1:\(server.port)/").kind == .protocolViolation)
    }

    private func failure(of url: String) throws -> TransportError {
        let transport = Transport(version: "0", usesProxies: false)
        return try #require(throws: TransportError.self) { try transport.send(HTTPRequest(.get, url)) }
    }
}

/// OpenSSL's own test server, with a certificate for 127.0.0.1 that it signed itself.
private struct TLSServer {
    let port: Int
    let certificate: String
    private let folder: TemporaryFolder
    private let process: pid_t
    private let output: UnsafeMutablePointer<FILE>

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-tls")
        certificate = "\(folder.path)/certificate.pem"
        let key = "\(folder.path)/key.pem"
        let making = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
            -addext subjectAltName=IP:127.0.0.1 -keyout '\(key)' -out '\(certificate)' 2>/dev/null
            """
        guard system(making) == 0 else { throw SystemError("make a certificate") }
        let serving = """
            echo $$; exec openssl s_server -accept 127.0.0.1:0 -www -cert '\(certificate)' -key '\(key)' \
            </dev/null 2>/dev/null
            """
        guard let output = popen(serving, "r") else { throw SystemError("start openssl") }
        self.output = output
        process = pid_t(Self.line(of: output) ?? "") ?? 0
        var port: Int?
        while port == nil, let line = Self.line(of: output) {
            if line.hasPrefix("ACCEPT"), let colon = line.lastIndex(of: ":") {
                port = Int(line[line.index(after: colon)...])
            }
        }
        guard let port, process > 0 else { throw SystemError("start openssl") }
        self.port = port
    }

    /// A digest of the certificate, as the openssl command computes it.
    func digest(_ algorithm: String) throws -> String {
        guard let output = popen("openssl x509 -in '\(certificate)' -noout -fingerprint -\(algorithm)", "r") else {
            throw SystemError("start openssl")
        }
        defer { pclose(output) }
        let line = Self.line(of: output) ?? ""
        return line.drop { $0 != "=" }.dropFirst().filter { $0 != ":" }.lowercased()
    }

    func stop() {
        // Not SIGTERM: a child inherits the signals that the threads of a test block.
        kill(process, SIGKILL)
        pclose(output)
    }

    private static func line(of file: UnsafeMutablePointer<FILE>) -> String? {
        var buffer = [CChar](repeating: 0, count: 512)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
