internal import Destinations
internal import Glibc
internal import Support
internal import Synchronization

extension Conformance {
    static let recovery = [
        ConformanceCheck(
            39, "an expired login of eight workers is renewed once", needs: .credentials, wire: expiredLogin),
        ConformanceCheck(40, "a wrong local clock is corrected once", needs: .signatures, wire: wrongClock),
        ConformanceCheck(41, "connections that the server closed are not noticed", wire: closedConnections),
        ConformanceCheck(46, "odd error bodies are classified by their status", wire: oddErrors),
        ConformanceCheck(
            47, "credentials do not follow a redirect to another host", needs: .credentials, wire: redirects),
        ConformanceCheck(48, "ten minutes without the server are survived", wire: outage),
    ]

    private static func expiredLogin(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let destination = try kit.open()
        try destination.put("x", from: try sandbox.file("x"))
        guard kit.server.logins > 0 else { return .skipped("nobody logs in; keys do not expire") }
        let files = try (0..<64).map { try sandbox.file("\($0)") }
        kit.server.expireLogins()
        let before = kit.server.logins
        let outcomes = try Concurrently.map(Array(0..<8)) { worker -> String in
            do throws(DestinationError) {
                for number in 0..<8 { try destination.put("w\(worker)-\(number)", from: files[worker * 8 + number]) }
                return "fine"
            } catch {
                return "\(error)"
            }
        }
        try expect(outcomes.allSatisfy { $0 == "fine" }, "\(outcomes)")
        try expect(kit.server.logins == before + 1, "there were \(kit.server.logins - before) logins")
        try expect(try destination.list().count == 65, "objects are missing")
        return .kept
    }

    private static func wrongClock(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        for offset: Int64 in [-1800, 1800] {
            let kit = try WireKit(wire)
            let destination = try kit.open(rules: CallRules(firstPause: .milliseconds(1))) { environment in
                environment.now = {
                    let now = Timestamp.now()
                    return Timestamp(seconds: now.seconds + offset, nanoseconds: now.nanoseconds)
                }
            }
            let file = try sandbox.file("x")
            for name in ["a", "b", "c"] { try destination.put(name, from: file) }
            try expect(try destination.list().count == 3, "objects are missing")
            if let server = kit.server as? S3Double {
                try expect(server.skewed == 1, "\(server.skewed) requests came with the wrong time")
            }
        }
        return .kept
    }

    private static func closedConnections(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let server = kit.server
        kit.fail { request, _ in
            guard case .response(let status, let headers, let body) = server.answer(request) else { return nil }
            var head = "HTTP/1.1 \(status) OK\r\nContent-Length: \(body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            // It says nothing of closing, and does it.
            return .raw(Array("\(head)\r\n".utf8) + (request.method == "HEAD" ? [] : body))
        }
        let retries = Mutex(0)
        let destination = try kit.open { environment in
            environment.onRetry = { _ in retries.withLock { $0 += 1 } }
        }
        for number in 0..<20 { try destination.put("x\(number)", from: try sandbox.file("\(number)")) }
        try expect(try destination.list().count == 20, "objects are missing")
        try expect(retries.withLock { $0 } == 0, "\(retries.withLock { $0 }) calls were repeated")
        return .kept
    }

    private static func oddErrors(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let bodies: [[UInt8]] = [
            [], Array("<html><body><h1>Bad Gateway</h1></body></html>".utf8), [0xff, 0xfe, 0x00, 0xc3, 0x28],
            Array("<Error><Code>".utf8), Array("{\"error\":".utf8), [UInt8](repeating: 0x41, count: 100_000),
        ]
        let ids = [("X-Trans-Id", "request-4711"), ("x-amz-request-id", "request-4711")]
        let kinds: [(Int, Set<DestinationError.Kind>)] = [
            (500, [.transient]), (502, [.transient]), (503, [.throttled, .transient]), (429, [.throttled]),
            (403, [.permission, .authentication]), (400, [.configuration, .unsupported, .internalFault]),
        ]
        for (status, expected) in kinds {
            for body in bodies {
                let kit = try WireKit(wire)
                let destination = try kit.open(rules: CallRules(attempts: 1))
                _ = try destination.list()
                kit.fail { _, _ in .response(status: status, headers: ids, body: body) }
                let error = try ConformanceSandbox.error { _ = try destination.list() }
                try expect(expected.contains(error.kind), "\(status) is \(error.kind): \(error)")
                try expect(error.detail.contains("\(status)"), "the status is not in: \(error.detail)")
                try expect(error.detail.contains("request-4711"), "the request's id is not in: \(error.detail)")
                try expect(error.detail.count < 500, "the detail has \(error.detail.count) characters")
                try expect(!error.detail.contains("<html"), "a page is in the error: \(error.detail)")
            }
        }
        return .kept
    }

    private static func redirects(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        for status in [301, 302, 307, 308] {
            let elsewhere = try LoopbackHTTPServer([.response(status: 200)])
            defer { elsewhere.stop() }
            let target = "http://localhost:\(elsewhere.port)/"
            let kit = try WireKit(wire)
            let destination = try kit.open(rules: CallRules(attempts: 2, firstPause: .milliseconds(1)))
            _ = try destination.list()
            kit.fail { request, _ in
                .response(status: status, headers: [("Location", "\(target)\(request.target.dropFirst())")])
            }
            _ = try ConformanceSandbox.error { _ = try destination.list() }
            let file = try sandbox.file("x")
            _ = try ConformanceSandbox.error { try destination.put("x", from: file) }
            for request in elsewhere.requests {
                let text =
                    request.headers.map(\.value).joined(separator: " ") + request.target
                    + String(decoding: request.body, as: UTF8.self)
                for secret in wire.secrets {
                    try expect(!text.contains(secret), "\(status): a secret went to another host")
                }
                try expect(
                    request["authorization"] == nil && request["x-auth-token"] == nil,
                    "\(status): credentials went to another host")
            }
        }
        return .kept
    }

    private static func outage(_ wire: WireSubject, _ sandbox: ConformanceSandbox) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let clock = LeapingClock(threads: 4)
        let destination = try kit.open { $0.clock = clock.clock }
        _ = try destination.list()
        kit.fail { _, _ in clock.time < .seconds(600) ? .hangUp : nil }
        let files = try (0..<4).map { try sandbox.file("\($0)") }
        let outcomes = try Concurrently.map(Array(0..<4)) { number -> String in
            do throws(DestinationError) {
                try destination.put("x\(number)", from: files[number])
                return "fine"
            } catch {
                return "\(error)"
            }
        }
        try expect(outcomes.allSatisfy { $0 == "fine" }, "\(outcomes)")
        try expect(try destination.list().count == 4, "objects are missing")
        return .kept
    }
}
