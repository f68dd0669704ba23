import Support
import TestSupport
import Testing
import Transport

@Suite(
    "TLS and proxies as the tests start them", .enabled(if: TLSFront.isThere, "\(TLSFront.absence)"),
    .timeLimit(.minutes(2)))
struct FrontTests {
    private func get(_ url: String, trusting authority: String) throws -> HTTPResponse {
        try Transport(version: "test", certificateAuthorities: authority, usesProxies: false)
            .send(HTTPRequest(.get, url))
    }

    @Test("a good certificate is trusted, and no other one", arguments: TLSFront.Certificate.allCases)
    func certificates(_ certificate: TLSFront.Certificate) throws {
        let server = try LoopbackHTTPServer([.response(status: 200, body: [1, 2, 3])])
        defer { server.stop() }
        let front = try TLSFront(target: server.port, certificate: certificate)
        if certificate == .good {
            #expect(try get(front.url, trusting: front.authority).body == [1, 2, 3])
        } else {
            let error = try #require(throws: TransportError.self) { try get(front.url, trusting: front.authority) }
            #expect(error.kind == .tls(certificate: true))
        }
    }

    @Test("the certificate of another authority is good for those who trust that one")
    func otherAuthority() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let front = try TLSFront(target: server.port, certificate: .untrusted)
        #expect(try get(front.url, trusting: TLSFront.authorityFiles().other).status == 200)
    }

    @Test("the proxy passes requests on, for those who know the password")
    func proxy() throws {
        let server = try LoopbackHTTPServer([.response(status: 200, body: [4, 5, 6])])
        defer { server.stop() }
        let proxy = try ProxyServer(user: "user", password: "p w")
        // As any client that is told to use a proxy: the whole URL in the request line.
        let login = "Basic dXNlcjpwIHc="
        for (authorization, status) in [(login, 200), ("Basic dXNlcjpubw==", 407)] {
            let answer = try ask(
                proxy.port,
                "GET \(server.url)/path HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
                    + "Proxy-Authorization: \(authorization)\r\n\r\n", until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        }
        #expect(server.requests.map(\.target) == ["/path"])
        #expect(server.requests.first?["proxy-authorization"] == nil)
        let tunnel = try ask(
            proxy.port,
            "CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\nProxy-Authorization: \(login)\r\n\r\n"
                + "GET /tunnelled HTTP/1.0\r\nConnection: close\r\n\r\n", until: "Scripted")
        #expect(tunnel.hasPrefix("HTTP/1.1 200 "))
        #expect(server.requests.map(\.target) == ["/path", "/tunnelled"])
        #expect(try proxy.requests() == ["GET 127.0.0.1:\(server.port)", "CONNECT 127.0.0.1:\(server.port)"])
    }
}
