internal import Destinations
internal import Glibc
internal import Support
internal import Synchronization

extension Conformance {
    static let patience = [
        ConformanceCheck(36, "Retry-After is obeyed, and surfaced when it is absurd", wire: retryAfter),
        ConformanceCheck(37, "a few server errors are survived, endless ones end in time", wire: serverErrors),
        ConformanceCheck(38, "slow transfers pass, silent ones time out", wire: slowTransfers),
    ]

    private static func retryAfter(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        for status in [429, 503] {
            let forms: [(String?, ClosedRange<Duration>)] = [
                ("40", .seconds(40)...(.seconds(44))), (Self.httpDate(in: 40), .seconds(37)...(.seconds(45))),
                (nil, .milliseconds(500)...(.seconds(2))),
            ]
            for (value, expected) in forms {
                let clock = LeapingClock()
                let kit = try WireKit(wire)
                let destination = try kit.open { $0.clock = clock.clock }
                _ = try destination.list()
                let calls = Mutex(0)
                kit.fail { _, _ in
                    guard
                        calls.withLock({
                            $0 += 1
                            return $0
                        }) == 1
                    else { return nil }
                    return .response(status: status, headers: value.map { [("Retry-After", $0)] } ?? [])
                }
                _ = try destination.list()
                let waited = clock.time
                try expect(expected.contains(waited), "\(status), \(value ?? "nothing"): waited \(waited)")
            }
            let clock = LeapingClock()
            let kit = try WireKit(wire)
            let destination = try kit.open { $0.clock = clock.clock }
            _ = try destination.list()
            kit.fail { _, _ in .response(status: status, headers: [("Retry-After", "86400")]) }
            let error = try ConformanceSandbox.error { _ = try destination.list() }
            try expect([.throttled, .archived].contains(error.kind), "\(error)")
            try expect(error.retryAfter == .seconds(86_400), "the error does not tell how long: \(error)")
            try expect(clock.time < .seconds(10), "it waited \(clock.time)")
        }
        return .kept
    }

    private static func httpDate(in seconds: Int) -> String {
        var time = time_t(Timestamp.now().seconds) + seconds
        var parts = tm()
        gmtime_r(&time, &parts)
        var text = [CChar](repeating: 0, count: 64)
        _ = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func serverErrors(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let clock = LeapingClock()
        let kit = try WireKit(wire)
        let destination = try kit.open { $0.clock = clock.clock }
        _ = try destination.list()
        let calls = Mutex(0)
        kit.fail { _, _ in
            calls.withLock({
                $0 += 1
                return $0
            }) <= 3 ? .response(status: 500) : nil
        }
        try destination.put("x", from: try sandbox.file("x"))
        try expect(try sandbox.content("x", of: destination) == Array("x".utf8), "the content differs")
        let before = clock.time
        kit.fail { _, _ in .response(status: 500) }
        let error = try ConformanceSandbox.error { _ = try destination.list() }
        let spent = clock.time - before
        try expect(error.kind == .transient && (error.attempts ?? 0) > 3, "\(error)")
        try expect(spent > .seconds(810) && spent <= .seconds(900), "it tried for \(spent)")
        return .kept
    }

    private static func slowTransfers(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let options = ["read-write-timeout": "2s"]
        let rules = CallRules(attempts: 1)
        let kit = try WireKit(wire)
        let server = kit.server
        let destination = try kit.open(options: options, rules: rules)
        let bytes = ConformanceSandbox.noise(8)
        try destination.put("x", from: try sandbox.file(bytes))
        kit.fail { request, _ in
            guard wire.isGet(request), case .response(_, let headers, let body) = server.answer(request) else {
                return nil
            }
            var head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            // Four seconds in all, but never two of them without a byte.
            return .slow([Array("\(head)\r\n".utf8)] + body.map { [$0] }, pauseMilliseconds: 450)
        }
        try expect(try sandbox.content("x", of: destination) == bytes, "a slow object differs")
        kit.fail { request, _ in
            wire.isGet(request) ? .beginning(Array("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nabc".utf8)) : nil
        }
        let began = ContinuousClock.now
        let error = try ConformanceSandbox.error { _ = try destination.get("x", to: sandbox.freshPath()) }
        try expect(error.kind == .transient, "\(error)")
        try expect(ContinuousClock.now - began < .seconds(8), "silence lasted \(ContinuousClock.now - began)")
        // A server that thinks about what it was sent for longer than a transfer may be silent.
        kit.fail { request, _ in
            if wire.isPut(request) { usleep(3_000_000) }
            return nil
        }
        try destination.put("y", from: try sandbox.file(ConformanceSandbox.noise(2_000_000)))
        return .kept
    }
}
