import Support
import TestSupport
import Testing
import Transport

@Suite("The HTTP transport")
struct TransportTests {
    let transport = Transport(version: "1.2.3", usesProxies: false)

    @Test("sends method, fields and body, and takes status, fields and body", arguments: HTTPRequest.Method.allCases)
    func exchange(_ method: HTTPRequest.Method) throws {
        let server = try LoopbackHTTPServer([
            .response(status: 207, headers: [("X-One", "1"), ("x-two", " spaced ")], body: Array("answer".utf8))
        ])
        defer { server.stop() }
        let body: [UInt8] = method == .post || method == .put ? Array(0...255) : []
        let response = try transport.send(
            HTTPRequest(method, "\(server.url)/a%20b?c=d", headers: ["X-Name": "value", "X-Empty": ""], body: body))
        #expect(response.status == 207 && response.isSuccess)
        #expect(response.headers["x-one"] == "1" && response.headers["X-TWO"] == "spaced")
        #expect(response.body == (method == .head ? [] : Array("answer".utf8)))
        let request = try #require(server.requests.first)
        #expect(request.method == method.rawValue && request.target == "/a%20b?c=d" && request.body == body)
        #expect(request["x-name"] == "value" && request["x-empty"] == "" && request["user-agent"] == "dunnage/1.2.3")
        #expect(request["expect"] == nil && request["content-type"] == nil)
        #expect((request["content-length"] ?? "0") == "\(body.count)")
    }

    @Test("uses one connection for many requests in a row")
    func reuse() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        for number in 1...50 {
            let method = HTTPRequest.Method.allCases[number % 5]
            _ = try transport.send(HTTPRequest(method, server.url, body: method == .put ? [1, 2, 3] : []))
        }
        #expect(server.requests.count == 50)
        #expect(server.connectionCount == 1)
    }

    @Test("opens a new connection when the server closed the old one")
    func closedConnection() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)
        let server = try LoopbackHTTPServer([.raw(bytes)])
        defer { server.stop() }
        for _ in 1...3 { #expect(try transport.send(HTTPRequest(.get, server.url)).body == Array("ok".utf8)) }
        #expect(server.connectionCount == 3)
    }

    @Test("refuses a body that is longer than allowed", arguments: [99, 100])
    func bounded(_ limit: Int) throws {
        let server = try LoopbackHTTPServer([.response(status: 200, body: Array(repeating: 7, count: 100))])
        defer { server.stop() }
        let request = HTTPRequest(.get, server.url, maximumResponseBytes: limit)
        if limit == 100 {
            #expect(try transport.send(request).body.count == 100)
        } else {
            #expect(try failure(of: request).kind == .responseTooLarge(limit: 99))
        }
    }

    @Test("sends and takes bodies of many megabytes")
    func large() throws {
        let body = [UInt8](repeating: 9, count: 20_000_000)
        let server = try LoopbackHTTPServer { request, _ in .response(status: 200, body: request.body) }
        defer { server.stop() }
        let response = try transport.send(HTTPRequest(.put, server.url, body: body, maximumResponseBytes: 20_000_000))
        #expect(response.body == body)
    }

    @Test("follows redirects within the host and keeps method, fields and body", arguments: [307, 308])
    func redirectWithinHost(_ status: Int) throws {
        let server = try LoopbackHTTPServer { request, _ in
            request.target == "/old"
                ? .response(status: status, headers: [("Location", "/new")]) : .response(status: 200)
        }
        defer { server.stop() }
        let request = HTTPRequest(.post, "\(server.url)/old", headers: ["X-Key": "k"], body: [1, 2])
        #expect(try transport.send(request).status == 200)
        #expect(server.requests.map(\.target) == ["/old", "/new"])
        #expect(server.requests.map(\.method) == ["POST", "POST"])
        #expect(server.requests.allSatisfy { $0.body == [1, 2] && $0["x-key"] == "k" })
    }

    @Test("turns 303 into a GET, and leaves a POST alone that is answered with 301 or 302", arguments: [301, 302, 303])
    func otherRedirects(_ status: Int) throws {
        let server = try LoopbackHTTPServer { request, _ in
            request.target == "/old"
                ? .response(status: status, headers: [("Location", "new")]) : .response(status: 200)
        }
        defer { server.stop() }
        let response = try transport.send(HTTPRequest(.post, "\(server.url)/old", body: [1]))
        #expect(response.status == (status == 303 ? 200 : status))
        #expect(server.requests.map(\.method) == (status == 303 ? ["POST", "GET"] : ["POST"]))
        #expect(try transport.send(HTTPRequest(.get, "\(server.url)/old")).status == 200)
    }

    @Test("sends nothing to another host, port or scheme that it is redirected to")
    func redirectElsewhere() throws {
        let other = try LoopbackHTTPServer([.response(status: 200)])
        defer { other.stop() }
        for target in ["\(other.url)/x", "http://localhost:\(other.port)/", "ftp://127.0.0.1/", "file:///etc/passwd"] {
            let server = try LoopbackHTTPServer([.response(status: 302, headers: [("Location", target)])])
            defer { server.stop() }
            let error = try failure(of: HTTPRequest(.get, server.url, headers: ["Authorization": "swordfish"]))
            #expect(error.kind == .redirectRefused)
            #expect(!error.isTransient && !"\(error)".contains("swordfish"))
        }
        #expect(other.connectionCount == 0)
    }

    @Test("ends a circle of redirects")
    func circle() throws {
        let server = try LoopbackHTTPServer([.response(status: 307, headers: [("Location", "/")])])
        defer { server.stop() }
        #expect(try failure(of: HTTPRequest(.get, server.url)).kind == .redirectRefused)
        #expect(server.requests.count == 6)
    }

    @Test("waits no longer than it may, and says for what", arguments: [TransportPhase.waiting, .whole, .receiving])
    func timeouts(_ phase: TransportPhase) throws {
        let server = try LoopbackHTTPServer([.silence])
        defer { server.stop() }
        let half = try HalfAnswer()
        defer { half.stop() }
        var limits = TransportTimeouts(idle: .seconds(60), firstByte: .seconds(60))
        switch phase {
        case .waiting: limits.firstByte = .milliseconds(50)
        case .whole: limits.whole = .milliseconds(50)
        default: limits.idle = .milliseconds(50)
        }
        let url = phase == .receiving ? half.server.url : server.url
        let error = try failure(of: HTTPRequest(.get, url, timeouts: limits))
        #expect(error.kind == .timeout(phase))
        #expect(error.isTransient)
    }

    @Test("stops within about a second when it is cancelled")
    func cancelled() throws {
        let flag = CancellationFlag()
        let server = try LoopbackHTTPServer { _, _ in
            flag.cancel()
            return .silence
        }
        defer { server.stop() }
        let start = ContinuousClock.now
        let error = #expect(throws: TransportError.self) {
            try transport.send(HTTPRequest(.get, server.url), cancellation: flag)
        }
        #expect(error?.kind == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(throws: TransportError.self) { try transport.send(HTTPRequest(.get, server.url), cancellation: flag) }
        #expect(server.requests.count == 1)
    }

    @Test("tells apart why there is no response")
    func failures() throws {
        let hangUp = try LoopbackHTTPServer([.hangUp])
        let partial = try LoopbackHTTPServer([.raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab".utf8))])
        let stranger = try LoopbackHTTPServer([.raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))])
        for (server, kinds) in [
            (hangUp, [TransportError.Kind.interrupted]), (partial, [.interrupted]),
            (stranger, [.protocolViolation]),
        ] {
            #expect(kinds.contains(try failure(of: HTTPRequest(.get, server.url)).kind))
            server.stop()
        }
        let refused = try failure(of: HTTPRequest(.get, hangUp.url))
        #expect(refused.kind == .connection && refused.isTransient && refused.origin == hangUp.url)
        #expect(try failure(of: HTTPRequest(.get, "http://name.invalid/")).kind == .nameResolution)
    }

    @Test(
        "refuses URLs and fields that cannot be sent",
        arguments: ["", "no url", "ftp://h/x", "file:///etc/passwd", "http://", "http://h\0", "http://a b/"])
    func invalidURL(_ url: String) throws {
        let error = try failure(of: HTTPRequest(.get, url))
        #expect(error.kind == .invalidRequest && !error.isTransient)
    }

    @Test("lets nobody smuggle a field in", arguments: [("X", "a\r\nY: b"), ("X:", "a"), ("", "a"), ("X Y", "a")])
    func invalidField(_ name: String, _ value: String) throws {
        var headers = HTTPHeaders()
        headers.append(name, value)
        #expect(try failure(of: HTTPRequest(.get, "http://127.0.0.1:1", headers: headers)).kind == .invalidRequest)
    }

    @Test("shows of a URL its scheme, host and port only")
    func redaction() throws {
        let server = try LoopbackHTTPServer([.hangUp])
        let port = server.port
        server.stop()
        let error = try failure(
            of: HTTPRequest(.get, "http://joe:hunter2@127.0.0.1:\(port)/token/swordfish?key=secret"))
        #expect(error.origin == "http://127.0.0.1:\(port)")
        for secret in ["joe", "hunter2", "swordfish", "secret"] { #expect(!"\(error)".contains(secret)) }

        let request = HTTPRequest(.post, "https://joe:hunter2@h/swordfish", headers: ["X": "secret"], body: [7])
        var shown = "\(request) \(String(reflecting: request))"
        dump(request, to: &shown)
        #expect("\(request)" == "POST https://h:443")
        for secret in ["joe", "hunter2", "swordfish", "secret"] { #expect(!shown.contains(secret)) }
    }

    @Test("serves many threads at once")
    func threads() throws {
        let server = try LoopbackHTTPServer { request, _ in .response(status: 200, body: request.body) }
        defer { server.stop() }
        let transport = transport
        let threads = try (1...8).map { number in
            try WorkerThread("client") {
                for round in 0..<20 {
                    let body = [UInt8](repeating: UInt8(number), count: round * 1000)
                    let response = try? transport.send(HTTPRequest(.put, server.url, body: body))
                    if response?.body != body { Issue.record("thread \(number) got another body") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(server.requests.count == 160)
        #expect(server.connectionCount <= 8)
    }

    private func failure(of request: HTTPRequest) throws -> TransportError {
        try #require(throws: TransportError.self) { try transport.send(request) }
    }
}

/// A server that begins an answer and never ends it.
private struct HalfAnswer {
    let server: LoopbackHTTPServer

    init() throws {
        server = try LoopbackHTTPServer([.beginning(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab".utf8))])
    }

    func stop() { server.stop() }
}
