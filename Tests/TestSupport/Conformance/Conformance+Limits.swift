internal import Destinations
internal import Glibc
internal import Support
internal import Transport

extension Conformance {
    static let limits = [
        ConformanceCheck(42, "a cancelled call returns within a second and leaks nothing", wire: cancellation),
        ConformanceCheck(43, "a bandwidth limit is kept within a tenth", needs: .bandwidth, wire: bandwidth),
        ConformanceCheck(45, "a thousand calls open no more connections than the pool has", wire: connections),
    ]

    private static func cancellation(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let large = try sandbox.file(ConformanceSandbox.noise(4 << 20))
        let path = sandbox.freshPath()
        let acts: [(String, @Sendable (any Destination) throws -> Void)] = [
            ("upload", { try $0.put("large", from: large) }), ("download", { _ = try $0.get("x", to: path) }),
            ("list", { _ = try $0.list() }), ("delete", { try $0.delete("x") }),
        ]
        let before = try openDescriptors()
        for (name, act) in acts {
            for fault in ["silence", "beginning", "back-off", "slow line"] {
                try autoreleased {
                    let flag = CancellationFlag()
                    let kit = try WireKit(wire)
                    let destination = try kit.open { environment in
                        environment.cancellation = flag
                        if fault == "slow line" {
                            environment.uploads = BandwidthLimit(bytesPerSecond: 50_000)
                            environment.downloads = BandwidthLimit(bytesPerSecond: 50_000)
                        }
                    }
                    try destination.put("x", from: try sandbox.file("x"))
                    switch fault {
                    case "silence": kit.fail { _, _ in .silence }
                    case "beginning":
                        kit.fail { _, _ in .beginning(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".utf8)) }
                    case "back-off":
                        kit.fail { _, _ in .response(status: 503, headers: [("Retry-After", "100")]) }
                    default: break
                    }
                    if fault == "slow line", name != "upload" { return }
                    let stopper = try WorkerThread("stopper") {
                        usleep(150_000)
                        flag.cancel()
                    }
                    defer { stopper.join() }
                    let began = ContinuousClock.now
                    let error = try ConformanceSandbox.error { try act(destination) }
                    let elapsed = ContinuousClock.now - began
                    try expect(error.kind == .cancelled, "\(name), \(fault): \(error)")
                    try expect(elapsed < .milliseconds(1150), "\(name), \(fault): it took \(elapsed)")
                }
            }
        }
        let after = try openDescriptors()
        // Other tests of the process open files at the same time.
        try expect(after <= before + 16, "\(after - before) descriptors are left open")
        return .kept
    }

    /// Lets go of everything that a body has made before it returns.
    private static func autoreleased(_ body: () throws -> Void) rethrows { try body() }

    private static func openDescriptors() throws -> Int {
        guard let folder = opendir("/proc/self/fd") else { throw SystemError("list", path: "/proc/self/fd") }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return count
    }

    private static func bandwidth(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let rate: Int64 = 4 << 20
        for workers in [1, 8] {
            let uploads = BandwidthLimit(bytesPerSecond: rate)
            let kit = try WireKit(wire)
            let destination = try kit.open { $0.uploads = uploads }
            _ = try destination.list()
            let size = Int(rate * 2) / workers
            let files = try (0..<workers).map { try sandbox.file(ConformanceSandbox.noise(size, seed: UInt64($0 + 1))) }
            let began = ContinuousClock.now
            let outcomes = try Concurrently.map(Array(0..<workers)) { worker in
                (try? destination.put("x\(worker)", from: files[worker])) != nil
            }
            let elapsed = ContinuousClock.now - began
            try expect(!outcomes.contains(false), "an upload failed")
            // A tenth of a second may be saved up; a busy machine may be slower, for which there is some room.
            try expect(elapsed >= .milliseconds(1800), "\(workers) workers took \(elapsed) for two seconds' worth")
            try expect(elapsed < .seconds(6), "\(workers) workers took \(elapsed) for two seconds' worth")
            uploads.bytesPerSecond = nil
            let free = ContinuousClock.now
            try destination.put("free", from: files[0])
            try expect(ContinuousClock.now - free < .seconds(2), "a lifted limit still holds")
        }
        return .kept
    }

    private static func connections(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let destination = try kit.open()
        let file = try sandbox.file("x")
        for number in 0..<500 {
            try destination.put("x\(number)", from: file)
            try destination.delete("x\(number)")
        }
        try expect(kit.http.connectionCount <= 16, "there were \(kit.http.connectionCount) connections")
        return .kept
    }
}
