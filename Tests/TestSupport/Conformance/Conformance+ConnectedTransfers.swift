internal import Destinations
internal import Support
internal import Synchronization

extension Conformance {
    static let connectedTransfers = [
        ConformanceCheck(21, "a connection lost in the middle is made up for", wire: lostConnection),
        ConformanceCheck(25, "parts of objects are fetched", needs: .ranges, wire: ranges),
        ConformanceCheck(26, "an interrupted get is resumed", needs: .ranges, wire: resumedGet),
        ConformanceCheck(27, "a truncated response is repeated, then an error", wire: truncated),
    ]

    private static func lostConnection(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let bytes = ConformanceSandbox.noise(3_000_000)
        for isLate in [false, true] {
            let puts = Mutex(0)
            let kit = try WireKit(wire)
            let server = kit.server
            kit.fail { request, _ in
                guard wire.isPut(request),
                    puts.withLock({
                        $0 += 1
                        return $0
                    }) == 1
                else { return nil }
                // Lost before, or after the server has stored it.
                if isLate { _ = server.answer(request) }
                return .hangUp
            }
            let destination = try kit.open(rules: CallRules(firstPause: .milliseconds(1)))
            try destination.put("x", from: try sandbox.file(bytes))
            try expect(try destination.list().map(\.name) == ["x"], "there is not exactly one object")
            try expect(try sandbox.content("x", of: destination) == bytes, "the content differs")
        }
        // A byte that flips on the way is noticed by the server, and the object is sent again.
        let puts = Mutex(0)
        let kit = try WireKit(wire)
        let server = kit.server
        kit.fail { request, _ in
            guard wire.isPut(request),
                puts.withLock({
                    $0 += 1
                    return $0
                }) == 1
            else { return nil }
            var body = request.body
            body[body.count / 2] ^= 1
            return server.answer(
                .init(method: request.method, target: request.target, headers: request.headers, body: body))
        }
        let destination = try kit.open()
        try destination.put("x", from: try sandbox.file(bytes))
        try expect(try sandbox.content("x", of: destination) == bytes, "a flipped byte was stored")
        return .kept
    }

    private static func ranges(_ wire: WireSubject, _ sandbox: ConformanceSandbox) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let destination = try kit.open()
        let bytes = ConformanceSandbox.noise(100_000)
        try destination.put("x", from: try sandbox.file(bytes))
        for range in [0..<1, 500..<70_000, 99_999..<100_000, 0..<100_000] as [Range<Int64>] {
            let part = try destination.read("x", range)
            try expect(part == Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]), "\(range) differs")
        }
        try expect(try destination.read("x", 5..<5).isEmpty, "an empty range has bytes")
        for range in [99_999..<100_001, 100_000..<100_001, 200_000..<200_010] as [Range<Int64>] {
            try ConformanceSandbox.expectError(.corrupt, of: "x") { _ = try destination.read("x", range) }
        }
        try ConformanceSandbox.expectError(.missingObject, of: "y") { _ = try destination.read("y", 0..<1) }
        return .kept
    }

    private static func resumedGet(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let bytes = ConformanceSandbox.noise(2_000_000)
        for isReplaced in [false, true] {
            let gets = Mutex(0)
            let ranges = Mutex<[String?]>([])
            let kit = try WireKit(wire)
            let server = kit.server
            kit.fail { request, _ in
                guard wire.isGet(request) else { return nil }
                ranges.withLock { $0.append(request["range"]) }
                guard
                    gets.withLock({
                        $0 += 1
                        return $0
                    }) == 1
                else { return nil }
                guard case .response(_, let headers, let body) = server.answer(request) else { return nil }
                var head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                if isReplaced {
                    for name in server.objects.keys {
                        server.objects[name] = ConformanceSandbox.noise(2_000_000, seed: 9)
                    }
                }
                return .raw(Array("\(head)\r\n".utf8) + body.prefix(1_500_000))
            }
            let destination = try kit.open(rules: CallRules(firstPause: .milliseconds(1)))
            try destination.put("x", from: try sandbox.file(bytes))
            if isReplaced {
                let error = try ConformanceSandbox.error {
                    _ = try destination.get("x", to: sandbox.freshPath())
                }
                try expect(error.kind == .changed || error.kind == .corrupt, "\(error.kind): \(error)")
            } else {
                try expect(try sandbox.content("x", of: destination) == bytes, "the content differs")
                let second = ranges.withLock { $0.count > 1 ? $0[1] : nil }
                try expect(second == "bytes=1500000-", "the second request asks for \(second ?? "everything")")
            }
        }
        return .kept
    }

    private static func truncated(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let gets = Mutex(0)
        let kit = try WireKit(wire)
        let server = kit.server
        kit.fail { request, _ in
            guard wire.isGet(request), case .response(let status, let headers, let body) = server.answer(request)
            else { return nil }
            gets.withLock { $0 += 1 }
            var head = "HTTP/1.1 \(status) OK\r\nContent-Length: \(body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            // Not one byte more, however often it is asked.
            return .raw(Array("\(head)\r\n".utf8) + body.prefix(request["range"] == nil ? 10 : 0))
        }
        let destination = try kit.open(rules: CallRules(attempts: 4, firstPause: .milliseconds(1)))
        try destination.put("x", from: try sandbox.file(ConformanceSandbox.noise(1000)))
        let path = sandbox.freshPath()
        let error = try ConformanceSandbox.error { _ = try destination.get("x", to: path) }
        try expect([.transient, .corrupt].contains(error.kind), "\(error.kind): \(error)")
        try expect(gets.withLock { $0 } == 4, "there were \(gets.withLock { $0 }) attempts")
        try expect((try? FileDescriptor.open(path)) == nil, "a part of the object was left")
        return .kept
    }
}
