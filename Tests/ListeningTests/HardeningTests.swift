import Glibc
import Listening
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("A listener with clients that mean no good", .serialized)
struct HardeningTests {
    @Test("slow requests are given up in time, and keep nobody else from being served")
    func slowloris() throws {
        var limits = ListenerLimits()
        limits.headTimeout = .milliseconds(400)
        limits.bodyTimeout = .milliseconds(400)
        limits.idleTimeout = .milliseconds(400)
        limits.workers = 1
        try ListenerKit.serve(limits: limits) { listener throws in
            let beginnings = [
                "", "G", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
            ]
            let slow = try (0..<200).map { number in
                let client = try RawClient(listener)
                try client.send(beginnings[number % beginnings.count])
                return client
            }
            let response = try ListenerKit.transport().send(HTTPRequest(.get, "http://127.0.0.1:\(listener.port)/"))
            #expect(response.status == 200)
            // Bytes that drip in buy no time.
            let dripping = try RawClient(listener)
            try dripping.send("GET / HTTP/1.1\r\nX: ")
            var pieces = 0
            while pieces < 2000, (try? dripping.send("x")) != nil {
                pieces += 1
                usleep(10_000)
            }
            #expect(pieces < 2000)
            for (number, client) in slow.enumerated() {
                let text = try client.readToEnd()
                #expect(number % beginnings.count == 0 ? text.isEmpty : text.hasPrefix("HTTP/1.1 408 "))
            }
            let idle = try RawClient(listener)
            try idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try idle.response().status == 200)
            #expect(idle.isClosed())
        }
    }

    @Test("connections beyond the limit are told that there are too many, and room is given back")
    func connectionLimit() throws {
        var limits = ListenerLimits()
        limits.connections = 20
        let events = EventLog()
        try ListenerKit.serve(limits: limits, events: events) { listener throws in
            var clients = try (0..<20).map { _ in try RawClient(listener) }
            #expect(ListenerKit.eventually { listener.statistics.connections == 20 })
            for _ in 0..<5 {
                let client = try RawClient(listener)
                let response = try client.response()
                #expect(response.status == 503 && response.fields["Retry-After"] == "5")
                client.endSending()
                #expect(client.isClosed())
            }
            for client in clients {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.response().status == 200)
            }
            clients.removeLast()
            #expect(ListenerKit.eventually { listener.statistics.connections == 19 })
            let client = try RawClient(listener)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.response().status == 200)
            #expect(listener.statistics.refusedConnections == 5)
        }
        #expect(events.texts.contains { $0.contains("too many are open") })
    }

    @Test("one peer has its share of the connections, and not more")
    func peerLimit() throws {
        var limits = ListenerLimits()
        limits.connectionsPerPeer = 3
        let events = EventLog()
        try ListenerKit.serve(limits: limits, events: events) { listener throws in
            let clients = try (0..<3).map { _ in try RawClient(listener) }
            #expect(ListenerKit.eventually { listener.statistics.connections == 3 })
            #expect(try RawClient(listener).response().status == 503)
            for client in clients {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.response().status == 200)
            }
        }
        #expect(events.texts.contains { $0.contains("it has too many") })
    }

    @Test("a client that reads nothing holds no thread, and is given up in time")
    func slowReader() throws {
        var limits = ListenerLimits()
        limits.workers = 1
        limits.writeTimeout = .milliseconds(500)
        let size = 40 << 20
        let large = [UInt8](repeating: 7, count: size)
        try ListenerKit.serve(
            limits: limits, handler: { $0.path == ["large"] ? .bytes(type: "a/b", large) : .text("small") },
            body: { listener throws in
                let lazy = try RawClient(listener, receiveBuffer: 4096)
                try lazy.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(ListenerKit.eventually { listener.statistics.handled == 1 })
                let other = try RawClient(listener)
                try other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try other.response().text == "small")
                // The other idles, the lazy one is gone.
                #expect(ListenerKit.eventually { listener.statistics.connections == 1 })
                #expect(lazy.countToEnd() < size)
            })
    }

    @Test("readers of streams leave threads to others")
    func streams() throws {
        var limits = ListenerLimits()
        limits.workers = 3
        limits.streams = 2
        limits.writeTimeout = .seconds(3)
        let handler: Listener.Handler = { request in
            guard request.path == ["stream"] else { return .text("small") }
            return ServerResponse(
                200,
                body: .stream(length: nil) { writer in
                    let part = [UInt8](repeating: 1, count: 1 << 20)
                    while true { try writer.write(part) }
                })
        }
        try ListenerKit.serve(limits: limits, handler: handler) { listener throws in
            let lazy = try (0..<2).map { _ in try RawClient(listener, receiveBuffer: 4096) }
            for client in lazy { try client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(ListenerKit.eventually { listener.statistics.requestsAtWork == 2 })
            let third = try RawClient(listener)
            try third.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try third.response().status == 503)
            try third.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try third.response().text == "small")
            #expect(ListenerKit.eventually { listener.statistics.requestsAtWork == 0 })
            for client in lazy { #expect(client.countToEnd() > 0) }
        }
    }

    @Test("what is held in memory for all connections has a limit")
    func heldBytes() throws {
        var limits = ListenerLimits()
        limits.heldBytes = 100_000
        try ListenerKit.serve(
            limits: limits, handler: { .text("\($0.body.count)") },
            body: { listener throws in
                let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
                let half = String(repeating: "x", count: 59_999)
                var first: RawClient? = try RawClient(listener)
                try first?.send(head + half)
                // Until it is read, nobody else sends.
                let probe = try RawClient(listener)
                try probe.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try probe.response().status == 200)
                #expect(
                    ListenerKit.eventually {
                        guard let second = try? RawClient(listener) else { return false }
                        return (try? second.send(head + half)) != nil && (try? second.response().status) == 503
                    })
                first = nil
                #expect(ListenerKit.eventually { listener.statistics.connections == 1 })
                let third = try RawClient(listener)
                try third.send(head + half + "x")
                #expect(try third.response().text == "60000")
            })
    }

    @Test("urgent requests are answered while all workers are busy")
    func urgent() throws {
        var limits = ListenerLimits()
        limits.workers = 2
        let gate = Gate()
        try ListenerKit.serve(
            limits: limits, isUrgent: { $0.path == ["livez"] },
            handler: { request in
                if request.path != ["livez"] { gate.wait() }
                return .text("fine")
            },
            body: { listener throws in
                let busy = try (0..<4).map { _ in try RawClient(listener) }
                for client in busy { try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
                #expect(ListenerKit.eventually { gate.visitors == 2 && listener.statistics.requestsAtWork == 4 })
                let probe = try RawClient(listener)
                for _ in 0..<10 {
                    try probe.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try probe.response().status == 200)
                }
                #expect(gate.visitors == 2)
                gate.release(4)
                for client in busy { #expect(try client.response().status == 200) }
            })
    }

    @Test("clients that vanish at any moment leave nothing behind")
    func vanishing() throws {
        var random = SeededGenerator.printed("vanishing clients")
        let request = Array(
            "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET /large HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let large = [UInt8](repeating: 7, count: 3 << 20)
        try ListenerKit.serve(
            handler: { $0.path == ["large"] ? .bytes(type: "a/b", large) : .text("small") },
            body: { listener throws in
                for _ in 0..<300 {
                    let client = try RawClient(listener)
                    try client.send(Array(request.prefix(Int.random(in: 0...request.count, using: &random))))
                    if Bool.random(using: &random) {
                        var option = linger(l_onoff: 1, l_linger: 0)
                        setsockopt(
                            client.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                    }
                }
                #expect(ListenerKit.eventually { listener.statistics.connections == 0 })
                #expect(listener.statistics.requestsAtWork == 0)
                let client = try RawClient(listener)
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.response().text == "small")
            })
    }

    @Test(
        "a thousand requests at the same time are all answered",
        .enabled(if: Descriptors.allow(2600), "this process may not have enough files open"))
    func thousand() throws {
        let body = [UInt8](repeating: 0x61, count: 2000)
        try ListenerKit.serve(
            handler: { .bytes(type: "text/plain", Array($0.path.joined().utf8) + body) },
            body: { listener throws in
                let clients = try (0..<1000).map { _ in try RawClient(listener) }
                #expect(ListenerKit.eventually { listener.statistics.connections == 1000 })
                for round in 0..<3 {
                    for (number, client) in clients.enumerated() {
                        try client.send("GET /\(number).\(round) HTTP/1.1\r\nHost: a\r\n\r\n")
                    }
                    for (number, client) in clients.enumerated() {
                        let response = try client.response()
                        #expect(response.status == 200 && response.text.hasPrefix("\(number).\(round)a"))
                    }
                }
                // The last ones are counted after they were answered.
                #expect(ListenerKit.eventually { listener.statistics.handled == 3000 })
                #expect(listener.statistics.refusedConnections == 0)
            })
    }
}

/// How many files a process may have open.
enum Descriptors {
    /// Raises the limit as far as that is allowed.
    static func allow(_ count: UInt) -> Bool {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur >= 2 * count { return true }
        limit.rlim_cur = min(limit.rlim_max, 2 * count)
        return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_cur >= 2 * count
    }
}
