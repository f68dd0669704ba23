internal import Destinations
internal import Glibc
internal import Support
internal import Transport

extension Conformance {
    static let connection = [
        ConformanceCheck(5, "an unreachable host is transient, within the connect timeout", wire: unreachable),
        ConformanceCheck(6, "an unknown host name is transient, and is asked for again", wire: unknownHost),
        ConformanceCheck(7, "a port that speaks another protocol is no reason to retry", wire: otherProtocol),
        ConformanceCheck(8, "a bad certificate costs exactly one attempt", wire: certificates),
        ConformanceCheck(9, "an HTTP proxy is used, and left out where it should be", wire: proxies),
        ConformanceCheck(10, "a wrong password costs at most two attempts", needs: .credentials, wire: wrongPassword),
    ]

    private static func unreachable(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let rules = CallRules(attempts: 2, firstPause: .milliseconds(1))
        // Nobody listens on a port that was just given back.
        let port = kit.http.port
        kit.http.stop()
        let destination = try kit.open(at: "http://127.0.0.1:\(port)", rules: rules)
        let refused = try ConformanceSandbox.error { _ = try destination.list() }
        try expect(refused.kind == .transient && refused.attempts == 2, "\(refused)")

        let deaf = try DeafListener()
        let began = ContinuousClock.now
        let waiting = try kit.open(
            at: "http://127.0.0.1:\(deaf.port)", options: ["short-timeout": "1s"], rules: CallRules(attempts: 1))
        let silent = try ConformanceSandbox.error { _ = try waiting.list() }
        try expect(silent.kind == .transient, "\(silent)")
        try expect(ContinuousClock.now - began < .seconds(5), "it took \(ContinuousClock.now - began)")
        return .kept
    }

    private static func unknownHost(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let destination = try kit.open(
            at: "http://unknown-host.invalid:8080", rules: CallRules(attempts: 3, firstPause: .milliseconds(1)))
        let error = try ConformanceSandbox.error { _ = try destination.list() }
        try expect(error.kind == .transient && error.attempts == 3, "\(error)")
        try expect(error.advice.contains("DNS"), "the advice is: \(error.advice)")
        return .kept
    }

    private static func otherProtocol(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire) { _, _ in .raw(Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8)) }
        let destination = try kit.open()
        let error = try ConformanceSandbox.error { _ = try destination.list() }
        try expect(error.kind == .configuration, "\(error.kind): \(error)")
        try expect(kit.http.connectionCount == 1, "there were \(kit.http.connectionCount) connections")
        // A server without TLS, asked with it.
        let plain = try kit.open(at: "https://127.0.0.1:\(kit.http.port)")
        let tls = try ConformanceSandbox.error { _ = try plain.list() }
        try expect(tls.kind == .configuration, "\(tls.kind): \(tls)")
        return .kept
    }

    private static func certificates(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard TLSFront.isThere else { return .skipped(TLSFront.absence) }
        let kit = try WireKit(wire)
        for certificate in TLSFront.Certificate.allCases {
            let front = try TLSFront(target: kit.http.port, certificate: certificate)
            let options = ["ca-bundle": front.authority]
            let destination = try kit.open(at: front.url, options: options)
            let before = kit.http.requests.count
            if certificate == .good {
                try destination.put("x", from: try sandbox.file("x"))
                try expect(try destination.list().map(\.name) == ["x"], "the listing is wrong")
                let unknowing = try kit.open(at: front.url)
                try ConformanceSandbox.expectError(.certificate) { _ = try unknowing.list() }
                let any = try kit.open(at: front.url, options: ["accept-any-ssl-certificate": "true"])
                try expect(try any.list().count == 1, "no certificate at all is not accepted")
                continue
            }
            let error = try ConformanceSandbox.error { _ = try destination.list() }
            try expect(error.kind == .certificate && error.attempts == 1, "\(certificate): \(error)")
            try expect(kit.http.requests.count == before, "\(certificate): a request was sent")
            // The digest that the error names lets it in, on each of several connections.
            guard let digest = error.detail.split(separator: "SHA-256 ").last?.prefix(while: \.isHexDigit) else {
                throw ConformanceCheck.Violation(description: "no digest in: \(error.detail)")
            }
            let pinned = try kit.open(at: front.url, options: ["accept-specified-ssl-hash": String(digest)])
            let counts = try Concurrently.map(Array(1...4)) { _ in (try? pinned.list().count) ?? -1 }
            try expect(counts == [1, 1, 1, 1], "\(certificate), pinned: \(counts)")
        }
        return .kept
    }

    private static func proxies(_ wire: WireSubject, _ sandbox: ConformanceSandbox) throws -> ConformanceCheck.Outcome {
        guard ProxyServer.isThere, TLSFront.isThere else { return .skipped(ProxyServer.absence) }
        let kit = try WireKit(wire)
        let front = try TLSFront(target: kit.http.port)
        let proxy = try ProxyServer(user: "through", password: "pr0xy-pass")
        let address = "http://through:pr0xy-pass@127.0.0.1:\(proxy.port)"
        for (number, at) in [kit.http.url, front.url].enumerated() {
            let destination = try kit.open(at: at, options: ["proxy": address, "ca-bundle": front.authority])
            try destination.put("x\(number)", from: try sandbox.file("x"))
            try expect(try destination.list().count == number + 1, "the listing is wrong")
        }
        let seen = try proxy.requests()
        try expect(seen.contains { !$0.hasPrefix("CONNECT") }, "no plain request went through the proxy: \(seen)")
        try expect(seen.contains { $0.hasPrefix("CONNECT") }, "no tunnel went through the proxy: \(seen)")
        let around = try kit.open(options: ["proxy": address, "no-proxy": "127.0.0.1"])
        _ = try around.list()
        try expect(try proxy.requests().count == seen.count, "the proxy was used where it should not be")
        let wrong = try kit.open(
            options: ["proxy": "http://through:wrong-pass@127.0.0.1:\(proxy.port)"], rules: CallRules(attempts: 1))
        let error = try ConformanceSandbox.error { _ = try wrong.list() }
        try expect(!"\(error)".contains("wrong-pass"), "the proxy's password is shown: \(error)")
        return .kept
    }

    private static func wrongPassword(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let destination = try kit.open(wrongPassword: true)
        let error = try ConformanceSandbox.error { _ = try destination.list() }
        try expect(error.kind == .authentication, "\(error.kind): \(error)")
        try expect(kit.http.requests.count <= 2, "there were \(kit.http.requests.count) requests")
        return .kept
    }
}

/// A port that takes no connection: its queue is full.
private final class DeafListener {
    let port: Int
    private let listener: Int32
    private var clients: [Int32] = []

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) | listen(listener, 0) | getsockname(listener, pointer, &length)
            }
        }
        guard status == 0 else { throw SystemError("listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
        for _ in 0..<4 {
            let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let client = socket(AF_INET, flags, 0)
            clients.append(client)
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, length) }
            }
        }
    }

    deinit {
        for client in clients { close(client) }
        close(listener)
    }
}
