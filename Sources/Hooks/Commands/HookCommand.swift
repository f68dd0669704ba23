internal import CPosix
internal import Glibc
internal import Support

/// A program that is run around a backup.
///
/// No shell reads its arguments, it has no input, and its environment is what it is given. It leads a process group, which
/// is stopped as a whole: with SIGTERM first, and SIGKILL when that does not help.
struct HookCommand {
    let arguments: [String]
    let environment: [String: String]
    let timeout: Duration
    /// How long it may take to end after SIGTERM.
    var grace = Duration.seconds(5)

    /// Runs the program to its end.
    /// - Parameters:
    ///   - lines: takes what it writes.
    ///   - isStopped: whether the run ends; looked at several times a second.
    /// - Returns: the status that it ended with.
    /// - Throws: why it did not end by itself.
    func run(_ lines: OutputLines, isStopped: () -> Bool) throws(HookFailure.Reason) -> Int32 {
        let name = arguments.first ?? ""
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw .notStarted(SystemError("create a pipe")) }
        let output = FileDescriptor(owning: ends[0])
        let outputEnd = FileDescriptor(owning: ends[1])
        guard cposix_pipe(&ends) == 0 else { throw .notStarted(SystemError("create a pipe")) }
        let errors = FileDescriptor(owning: ends[0])
        let errorEnd = FileDescriptor(owning: ends[1])
        let child: pid_t
        do throws(SystemError) {
            child = try ProcessStart(
                name, arguments: Array(arguments.dropFirst()), environment: environment,
                descriptors: [nil, outputEnd.raw, errorEnd.raw], leadsGroup: true
            ).start()
        } catch {
            throw .notStarted(error)
        }
        // Only the program holds them now, so that its end is the end of the pipes.
        _ = consume outputEnd
        _ = consume errorEnd
        var waiting = [
            pollfd(fd: output.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.raw, events: Int16(POLLIN), revents: 0),
        ]
        let deadline = ContinuousClock.now + timeout
        var problem: HookFailure.Reason?
        while !Self.hasEnded(child) {
            if isStopped() { problem = .cancelled }
            if ContinuousClock.now >= deadline { problem = .timeout(timeout) }
            if problem != nil { break }
            Self.read(&waiting, into: lines, for: 20)
        }
        if problem != nil { stop(child, &waiting, lines) }
        let status = Self.reap(child)
        // What it has left running may keep the pipes open; nobody waits for that.
        while Self.read(&waiting, into: lines, for: 0) {}
        lines.finish()
        if let problem { throw problem }
        guard status & 0x7F == 0 else { throw .signal(status & 0x7F) }
        return status >> 8 & 0xFF
    }

    /// Takes what is there, or comes soon.
    /// - Returns: whether anything was there.
    @discardableResult
    private static func read(_ waiting: inout [pollfd], into lines: OutputLines, for milliseconds: Int32) -> Bool {
        guard waiting.contains(where: { $0.fd >= 0 }) else {
            if milliseconds > 0 { usleep(UInt32(milliseconds) * 1000) }
            return false
        }
        guard poll(&waiting, 2, milliseconds) > 0 else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { room in
            var isAny = false
            for (index, channel) in [OutputLines.Channel.output, .error].enumerated()
            where waiting[index].fd >= 0 && waiting[index].revents != 0 {
                let count = Glibc.read(waiting[index].fd, room.baseAddress, room.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 {
                    waiting[index].fd = -1
                } else {
                    isAny = true
                    lines.take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]), channel)
                }
            }
            return isAny
        }
    }

    // MARK: End

    private func stop(_ child: pid_t, _ waiting: inout [pollfd], _ lines: OutputLines) {
        kill(-child, SIGTERM)
        let limit = ContinuousClock.now + grace
        while !Self.hasEnded(child), ContinuousClock.now < limit { Self.read(&waiting, into: lines, for: 5) }
    }

    /// Whether the program is a zombie by now.
    private static func hasEnded(_ child: pid_t) -> Bool {
        var info = siginfo_t()
        // A child that somebody else has waited for has ended as well.
        return waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_signo == SIGCHLD
    }

    private static func reap(_ child: pid_t) -> Int32 {
        // The group still has its leader, if only as a zombie, so that its number cannot mean anybody else.
        kill(-child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
