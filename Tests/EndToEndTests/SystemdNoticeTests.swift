import Foundation
import Glibc
import Support
import Testing

/// A service under systemd, which is a socket here that keeps what it is told.
@Suite("What a service tells systemd")
struct SystemdNoticeTests {
    /// A datagram socket, as systemd has one for its services.
    private final class Supervisor: Sendable {
        private let descriptor: Int32

        /// A socket at a path, or one with `@` and a name that is in no folder.
        init(_ name: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            try #require(descriptor >= 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
            let room = MemoryLayout.size(ofValue: address.sun_path)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(MemoryLayout<sockaddr_un>.size - room + bytes.count)
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(status == 0, "bind: \(String(cString: strerror(errno)))")
            var patience = timeval(tv_sec: 0, tv_usec: 50_000)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// Waits for a datagram that begins like this, and forgets those before it.
        func wait(for text: String) throws -> String {
            let limit = ContinuousClock.now + .seconds(30)
            var seen: [String] = []
            while ContinuousClock.now < limit {
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { continue }
                let datagram = String(decoding: buffer[..<count], as: UTF8.self)
                if datagram.hasPrefix(text) { return datagram }
                seen.append(datagram)
            }
            Issue.record("waited in vain for \(text); there were \(seen)")
            return ""
        }
    }

    private func serve(_ home: Household, _ socket: String, _ more: [String: String] = [:]) throws -> Binary.Running {
        let text = home.configuration(job: "    schedule: { cron: \"0 0 1 1 *\" }\n")
        try home.write(text, to: "dunnage.yaml")
        return try Binary.start(
            ["serve", "-c", "dunnage.yaml"], in: home.path, environment: more.merging(["NOTIFY_SOCKET": socket]) { $1 })
    }

    @Test("it is ready, reads its files again, lives and ends, each said in time")
    func life() throws {
        let home = try Household()
        let supervisor = try Supervisor("\(home.path)/notify")
        let service = try serve(home, "\(home.path)/notify", ["WATCHDOG_USEC": "1000000"])
        #expect(try supervisor.wait(for: "READY=1") == "READY=1")
        #expect(try supervisor.wait(for: "WATCHDOG=1") == "WATCHDOG=1\nSTATUS=No job is at work.")
        #expect(try supervisor.wait(for: "WATCHDOG=1") == "WATCHDOG=1")
        kill(service.id, SIGHUP)
        let reload = try supervisor.wait(for: "RELOADING=1")
        #expect(reload.firstMatch(of: /^RELOADING=1\nMONOTONIC_USEC=\d+$/) != nil, "\(reload)")
        #expect(try supervisor.wait(for: "READY=1") == "READY=1")
        kill(service.id, SIGTERM)
        #expect(try supervisor.wait(for: "STOPPING=1") == "STOPPING=1")
        #expect(service.wait().code == 143)
    }

    @Test(
        "a socket that is in no folder is told as well, and a watchdog that means another process gets no signs of life"
    )
    func abstract() throws {
        let home = try Household()
        let name = "@dunnage-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let supervisor = try Supervisor(name)
        let service = try serve(home, name, ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
        _ = try supervisor.wait(for: "READY=1")
        #expect(try supervisor.wait(for: "STATUS=") == "STATUS=No job is at work.")
        kill(service.id, SIGTERM)
        _ = try supervisor.wait(for: "STOPPING=1")
        #expect(service.wait().code == 143)
    }

    @Test("a socket that nobody listens at is a warning, once, and the service goes on")
    func deaf() throws {
        let home = try Household()
        let service = try serve(home, "\(home.path)/nobody")
        let limit = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < limit, !service.hasLogged("systemd cannot be told") { usleep(20_000) }
        kill(service.id, SIGTERM)
        let result = service.wait()
        #expect(result.code == 143)
        #expect(result.error.components(separatedBy: "systemd cannot be told").count == 2)
    }
}
