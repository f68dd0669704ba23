internal import CPosix
internal import Glibc
internal import Support

/// A running command whose standard output is read.
///
/// It leads a process group of its own, which is stopped as a whole, at the latest when this is gone.
public final class StreamCommand: StreamOutput {
    private let source: StreamSource
    private let process: pid_t
    private let output: FileDescriptor
    private let messages: StreamMessages
    private let deadline: ContinuousClock.Instant?
    private var isOver = false

    /// How long a command may take to end after SIGTERM.
    private static let grace = Duration.seconds(5)

    /// Starts a command.
    /// - Parameter source: what to run.
    /// - Throws: `StreamFailure`, or `SystemError` when the system lacks pipes or threads.
    public init(_ source: StreamSource) throws {
        self.source = source
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw SystemError("create a pipe") }
        output = FileDescriptor(owning: ends[0])
        let outputEnd = FileDescriptor(owning: ends[1])
        guard cposix_pipe(&ends) == 0 else { throw SystemError("create a pipe") }
        let error = FileDescriptor(owning: ends[0])
        let errorEnd = FileDescriptor(owning: ends[1])
        // Should the system refuse a larger pipe, the two of us only take turns more often.
        cposix_widen_pipe(output.raw, 1 << 20)
        process = try Self.start(source, output: outputEnd.raw, error: errorEnd.raw)
        deadline = source.timeout.map { ContinuousClock.now + $0 }
        do throws(SystemError) {
            messages = try StreamMessages(error, of: source)
        } catch {
            kill(-process, SIGKILL)
            waitpid(process, nil, 0)
            throw error
        }
    }

    deinit { stop() }

    private static func start(_ source: StreamSource, output: Int32, error: Int32) throws -> pid_t {
        guard let program = source.arguments.first, !program.isEmpty else {
            throw StreamFailure(path: source.path, program: "", reason: .notStarted(EINVAL), lines: [])
        }
        var environment = source.environment
        if environment["PATH"] == nil {
            environment["PATH"] = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        }
        do throws(SystemError) {
            return try ProcessStart(
                program, arguments: Array(source.arguments.dropFirst()), environment: environment,
                descriptors: [nil, output, error], leadsGroup: true
            ).start()
        } catch let refused {
            throw StreamFailure(path: source.path, program: program, reason: .notStarted(refused.code), lines: [])
        }
    }

    // MARK: Output

    /// Fills a buffer; fewer bytes only at the end of the output.
    /// - Throws: `StreamFailure`, or `EngineError.cancelled` when the run ends.
    public func read(into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool) throws -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            var wanted = pollfd(fd: output.raw, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wanted, 1, 100)
            try check(isStopped)
            guard ready > 0 else {
                if ready < 0, errno != EINTR { throw failure(.unreadable(errno)) }
                continue
            }
            let count = Glibc.read(output.raw, base + done, buffer.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(.unreadable(errno))
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Waits for the end of a command that has closed its output.
    /// - Throws: `StreamFailure` unless it ended with status 0; `EngineError.cancelled` when the run ends.
    public func finish(isStopped: () -> Bool) throws {
        var pause: UInt32 = 200
        while !hasEnded() {
            try check(isStopped)
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
        let status = reap()
        if status & 0x7F != 0 { throw failure(.signal(status & 0x7F)) }
        if status >> 8 & 0xFF != 0 { throw failure(.exit(status >> 8 & 0xFF)) }
        _ = messages.finish()
    }

    private func check(_ isStopped: () -> Bool) throws {
        if isStopped() { throw EngineError.cancelled }
        if let deadline, let timeout = source.timeout, ContinuousClock.now >= deadline {
            throw failure(.timeout(timeout))
        }
    }

    private func failure(_ reason: StreamFailure.Reason) -> StreamFailure {
        stop()
        return StreamFailure(
            path: source.path, program: source.arguments[0], reason: reason, lines: messages.finish())
    }

    // MARK: End

    /// Stops the command and all that it started and that stayed in its group.
    public func stop() {
        guard !isOver else { return }
        kill(-process, SIGTERM)
        let limit = ContinuousClock.now + Self.grace
        while !hasEnded(), ContinuousClock.now < limit { usleep(5000) }
        // The group still has its leader, if only as a zombie, so that its number cannot mean anybody else.
        kill(-process, SIGKILL)
        _ = reap()
        _ = messages.finish()
    }

    /// Whether the command is a zombie by now.
    private func hasEnded() -> Bool {
        var info = siginfo_t()
        // A child that somebody else has waited for has ended as well.
        return waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_signo == SIGCHLD
    }

    private func reap() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        isOver = true
        return status
    }
}
