import Glibc
import Listening
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A listener")
struct ServingTests {
    @Test("serves a client of HTTP/1.1: methods, bodies, fields, statuses")
    func client() throws {
        try ListenerKit.serve(handler: Self.echo) { listener throws in
            let transport = ListenerKit.transport()
            let url = "http://127.0.0.1:\(listener.port)"
            let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let response = try transport.send(
                HTTPRequest(.post, "\(url)/a%20b?q=1", headers: ["X-Test": "yes"], body: body))
            #expect(response.status == 201 && response.body == body)
            #expect(response.headers["X-Method"] == "POST" && response.headers["X-Path"] == "a b")
            #expect(response.headers["X-Seen"] == "yes")
            #expect(response.headers["Date"]?.hasSuffix(" GMT") == true)
            let head = try transport.send(HTTPRequest(.head, "\(url)/x"))
            #expect(head.status == 201 && head.body.isEmpty && head.headers["Content-Length"] == "0")
            let empty = try transport.send(HTTPRequest(.delete, "\(url)/none"))
            #expect(empty.status == 204 && empty.body.isEmpty && empty.headers["Content-Length"] == nil)
        }
    }

    @Test("takes chunked bodies, and sends what a closure writes in chunks")
    func streaming() throws {
        let handler: Listener.Handler = { request in
            ServerResponse(
                200,
                body: .stream(length: nil) { writer in
                    for _ in 0..<1000 { try writer.write(request.body) }
                    try writer.flush()
                    try writer.write("end")
                })
        }
        try ListenerKit.serve(handler: handler) { listener throws in
            let client = try RawClient(listener)
            for _ in 0..<2 {
                try client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                )
                let response = try client.response()
                #expect(response.fields["Transfer-Encoding"] == "chunked" && response.fields["Content-Length"] == nil)
                #expect(response.text == String(repeating: "abcde", count: 1000) + "end")
            }
            // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
            let old = try RawClient(listener)
            try old.send("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx")
            let text = try old.readToEnd()
            #expect(!text.contains("chunked") && text.contains("Connection: close\r\n"))
            #expect(text.hasSuffix("\r\n\r\n\(String(repeating: "x", count: 1000))end"))
            let head = try RawClient(listener)
            try head.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try head.response(toHead: true).status == 200)
            #expect(try head.response().text == "end")
        }
    }

    @Test("a body that is not what was announced breaks the connection, or is an error before it began")
    func brokenBodies() throws {
        struct Failed: Error, CustomStringConvertible { let description = "the disk is gone" }
        let handler: Listener.Handler = { request in
            let isLate = request.query("late") != nil
            return ServerResponse(
                200,
                body: .stream(length: request.path.contains("chunked") ? nil : 100) { writer in
                    try writer.write("some")
                    if isLate { try writer.flush() }
                    switch request.path.first {
                    case "short": break
                    case "long": try writer.write([UInt8](repeating: 0, count: 97))
                    default: throw Failed()
                    }
                })
        }
        let events = EventLog()
        try ListenerKit.serve(events: events, handler: handler) { listener throws in
            for path in ["/short", "/long", "/failed", "/failed/chunked"] {
                let early = try RawClient(listener)
                try early.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try early.response().status == 500)
                let late = try RawClient(listener)
                try late.send("GET \(path)?late HTTP/1.1\r\nHost: a\r\n\r\n")
                // Neither the whole length nor the last chunk.
                #expect(throws: (any Error).self) { try late.response() }
            }
        }
        #expect(events.texts.contains { $0.contains("GET /short could not be sent: its body has not") })
    }

    @Test("answers pipelined requests in their order")
    func pipelining() throws {
        try ListenerKit.serve(
            handler: { .text($0.path.joined()) },
            body: { listener throws in
                let client = try RawClient(listener)
                let numbers = (0..<200).map { "\($0)" }
                try client.send(numbers.map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                for number in numbers { #expect(try client.response().text == number) }
                try client.send(
                    "GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
                let last = try client.response()
                #expect(last.text == "a" && last.fields["Connection"] == "close")
                #expect(client.isClosed())
            })
    }

    @Test("tells clients to go on that ask first, unless the body is too long")
    func expectation() throws {
        try ListenerKit.serve(handler: Self.echo) { listener throws in
            let client = try RawClient(listener)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(try client.response().status == 100)
            try client.send("abc")
            #expect(try client.response().text == "abc")
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3000000\r\n\r\n")
            #expect(try client.response().status == 413)
            #expect(client.isClosed())
        }
    }

    @Test("answers what it refuses with a problem that tells nothing of the request, and ends the connection")
    func refusals() throws {
        let seen = Atomic(0)
        let events = EventLog()
        try ListenerKit.serve(
            events: events,
            handler: { _ in
                seen.add(1, ordering: .relaxed)
                return .text("fine")
            },
            body: { listener throws in
                let smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
                let samples = [
                    (
                        400,
                        "POST /secret HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n\(smuggled)"
                    ),
                    (400, "POST /secret HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n\(smuggled)"),
                    (501, "POST /secret HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n\(smuggled)"),
                    (400, "GET /secret HTTP/1.1\r\nHost: a\r\n X: b\r\n\r\n"), (505, "GET /secret HTTP/3.0\r\n\r\n"),
                    (414, "GET /\(String(repeating: "s", count: 20_000)) HTTP/1.1\r\nHost: a\r\n\r\n"),
                    (431, "GET /secret HTTP/1.1\r\nX: \(String(repeating: "s", count: 40_000))\r\n\r\n"),
                    (417, "GET /secret HTTP/1.1\r\nHost: a\r\nExpect: secret\r\n\r\n"),
                    (
                        413,
                        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n\(String(repeating: "s", count: 2_000_000))"
                    ),
                ]
                for (status, text) in samples {
                    let client = try RawClient(listener)
                    try client.send(text)
                    let response = try client.response()
                    #expect(response.status == status, "\(text.prefix(100))")
                    #expect(response.fields["Content-Type"] == "application/problem+json")
                    #expect(response.fields["Connection"] == "close" && response.fields["Cache-Control"] == "no-store")
                    #expect(response.text.contains("\"status\":\(status),") && !response.text.contains("secret"))
                    client.endSending()
                    #expect(client.isClosed())
                }
                let head = try RawClient(listener)
                try head.send("HEAD / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n")
                #expect(try head.readToEnd().hasSuffix("\r\n\r\n"))
            })
        #expect(seen.load(ordering: .relaxed) == 0)
        // Clients decide how often it happens, so not every time is told.
        #expect(events.texts.count == 1 && events.texts[0].contains("was refused with 400"))
    }

    @Test("sends no field that would begin another, nor a status that is none")
    func splitting() throws {
        let handler: Listener.Handler = { request in
            switch request.path.first {
            case "status": ServerResponse(100)
            case "name": ServerResponse(200, fields: ["X y": "a"])
            case "ours": ServerResponse(200, fields: ["content-length": "5", "Transfer-Encoding": "gzip"])
            default: ServerResponse(200, fields: ["X": request.query("v") ?? ""])
            }
        }
        try ListenerKit.serve(handler: handler) { listener throws in
            for path in ["/status", "/name", "/?v=a%0d%0aSet-Cookie:%20b", "/?v=%0a"] {
                let client = try RawClient(listener)
                try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try client.response()
                #expect(response.status == 500 && response.fields["Set-Cookie"] == nil)
                #expect(client.isClosed())
            }
            let client = try RawClient(listener)
            try client.send("GET /ours HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try client.response()
            #expect(response.fields.all("Content-Length") == ["0"] && response.fields["Transfer-Encoding"] == nil)
        }
    }

    @Test("knows the peer, the address and the absence of TLS")
    func origin() throws {
        try ListenerKit.serve(
            handler: { .text("\($0.peer.isLocal) \($0.endpoint) \($0.isTLS) \($0.host ?? "-")") },
            body: { listener throws in
                let response = try ListenerKit.transport().send(HTTPRequest(.get, "http://127.0.0.1:\(listener.port)/"))
                #expect(
                    String(decoding: response.body, as: UTF8.self)
                        == "true 127.0.0.1:\(listener.port) false 127.0.0.1")
            })
    }

    @Test("listens at all addresses of a name, and says when one is taken")
    func addresses() throws {
        let listener = Listener([.init(try ListenAddress("localhost:0")), .init(try ListenAddress(":0"))]) { request in
            .text("\(request.peer)")
        }
        #expect(listener.addresses.isEmpty)
        try listener.start()
        defer { listener.stop(grace: .zero) }
        let ports = listener.addresses.compactMap { if case .network(_, let port) = $0 { port } else { nil } }
        #expect(ports.count == 2 && !ports.contains(0))
        for port in ports {
            let response = try ListenerKit.transport().send(HTTPRequest(.get, "http://127.0.0.1:\(port)/"))
            #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("127.0.0.1:"))
            if access("/proc/net/if_inet6", R_OK) == 0,
                let response = try? ListenerKit.transport().send(HTTPRequest(.get, "http://[::1]:\(port)/"))
            {
                #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("[::1]:"))
            }
        }
        let second = Listener([.init(.network(.all, port: ports[1]))]) { _ in .text("") }
        let error = #expect(throws: ListeningError.self) { try second.start() }
        #expect(error?.description.contains("Another program listens at :\(ports[1])") == true)
        #expect(throws: ListeningError.alreadyStarted) { try listener.start() }
        let elsewhere = Listener([.init(try ListenAddress("192.0.2.1:0"))]) { _ in .text("") }
        #expect(throws: ListeningError.self) { try elsewhere.start() }
    }

    private static let echo: Listener.Handler = { request in
        if request.path == ["none"] { return ServerResponse(204, body: .bytes([1])) }
        var response = ServerResponse.bytes(201, type: "application/octet-stream", request.body)
        response.fields.append("X-Method", request.method)
        response.fields.append("X-Path", request.path.joined(separator: "/"))
        if let seen = request.fields["x-test"] { response.fields.append("X-Seen", seen) }
        return response
    }
}
