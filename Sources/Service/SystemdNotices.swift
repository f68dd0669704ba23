internal import CPosix
internal import Glibc
internal import Logging
internal import Support
internal import Synchronization

/// Tells systemd how the service stands, where it wants to know: datagrams to the socket that `NOTIFY_SOCKET` names.
///
/// Without that variable nothing is told, and nothing is done.
final class SystemdNotices: Sendable {
    private struct State {
        var status = ""
        var isStopping = false
        var hasFailed = false
        var alive: ContinuousClock.Instant?
    }

    /// The socket's name; one that begins with a zero byte is in no folder.
    private let address: [UInt8]?
    /// How often a sign of life is sent: twice in the time after which systemd gives the service up.
    private let rhythm: Duration?
    private let logger: Logger
    private let state = Mutex(State())

    init(environment: [String: String], logger: Logger) {
        self.logger = logger
        let name = environment["NOTIFY_SOCKET"].map { Array($0.utf8) } ?? []
        switch name.first {
        case UInt8(ascii: "/"): address = name
        case UInt8(ascii: "@"): address = [0] + name.dropFirst()
        default: address = nil
        }
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        rhythm = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { limit in
            isMeant && limit > 0 ? .microseconds(limit / 2) : nil
        }
    }

    /// The service works, or works again.
    func ready() { send("READY=1") }

    /// The configuration is read again; ends with ``ready()``.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)")
    }

    /// The service ends.
    func stopping() {
        let isNews = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        if isNews { send("STOPPING=1") }
    }

    /// The service still looks at its schedules.
    /// - Parameter running: the jobs at work.
    func alive(running: [String]) {
        guard address != nil else { return }
        let status = running.isEmpty ? "No job is at work." : "At work: \(running.sorted().joined(separator: ", "))."
        let now = ContinuousClock.now
        let (isDue, isNews) = state.withLock { state in
            let isDue = rhythm.map { rhythm in state.alive.map { now - $0 >= rhythm } ?? true } ?? false
            let isNews = state.status != status
            if isDue { state.alive = now }
            state.status = status
            return (isDue, isNews)
        }
        let lines = (isDue ? ["WATCHDOG=1"] : []) + (isNews ? ["STATUS=\(status)"] : [])
        if !lines.isEmpty { send(lines.joined(separator: "\n")) }
    }

    private func send(_ text: String) {
        guard let address else { return }
        do throws(SystemError) {
            try Self.send(Array(text.utf8), to: address)
        } catch {
            let isNews = state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isNews { logger.warning("systemd cannot be told", metadata: ["error": "\(error)"]) }
        }
    }

    private static func send(_ text: [UInt8], to name: [UInt8]) throws(SystemError) {
        let action = "send to the notification socket"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < room else { throw SystemError(action, code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size - room + name.count)
        let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError(action) }
        let descriptor = FileDescriptor(owning: raw)
        // Who does not read must not hold the service up.
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(
            descriptor.raw, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.raw, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        guard sent == text.count else { throw SystemError(action) }
    }
}
