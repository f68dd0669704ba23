internal import CPosix
internal import Glibc
public import Support
public import Transport

/// A program whose standard output is a secret.
///
/// No shell reads its arguments, it has no input, and its environment is what it is given. It leads a process group,
/// which is stopped as a whole. What it writes to standard error is kept apart, for errors.
public struct ChildOutput {
    /// Why there is no output.
    public enum Failure: Error, Sendable {
        /// There is no such program.
        case notFound
        /// It could not be started.
        case notStarted(SystemError)
        /// It ended with a status other than 0, and said this.
        case exit(Int32, messages: String)
        /// A signal ended it.
        case signal(Int32)
        /// It took too long, and was stopped.
        case timeout
        /// It wrote more than was allowed, and was stopped.
        case tooLarge
        /// The caller asked to stop.
        case cancelled
    }

    private let arguments: [String]
    private let environment: [String: String]
    private let timeout: Duration
    private let limit: Int
    private let words: ([UInt8], [UInt8]) -> String

    /// A program to be run.
    /// - Parameters:
    ///   - arguments: its path or name, and its arguments.
    ///   - environment: all of its environment.
    ///   - timeout: how long it may take.
    ///   - limit: the largest output in bytes.
    ///   - words: makes what an error shows of the first bytes that it wrote to standard error, given its output, which
    ///     must not be shown.
    public init(
        arguments: [String], environment: [String: String], timeout: Duration, limit: Int,
        words: @escaping (_ said: [UInt8], _ output: [UInt8]) -> String
    ) {
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
        self.limit = limit
        self.words = words
    }

    private static let grace = Duration.seconds(2)
    private static let keptMessages = 4096

    /// Runs the program to its end.
    /// - Returns: its output, for the caller to wipe.
    /// - Throws: `Failure`.
    public func run(_ cancellation: CancellationFlag?) throws(Failure) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw .notStarted(SystemError("create a pipe")) }
        let output = FileDescriptor(owning: ends[0])
        let outputEnd = FileDescriptor(owning: ends[1])
        guard cposix_pipe(&ends) == 0 else { throw .notStarted(SystemError("create a pipe")) }
        let messages = FileDescriptor(owning: ends[0])
        let messagesEnd = FileDescriptor(owning: ends[1])
        let process: pid_t
        do throws(SystemError) {
            process = try ProcessStart(
                arguments[0], arguments: Array(arguments.dropFirst()), environment: environment,
                descriptors: [nil, outputEnd.raw, messagesEnd.raw], leadsGroup: true
            ).start()
        } catch {
            throw error.code == ENOENT ? .notFound : .notStarted(error)
        }
        // Only the program holds them now, so that its end is the end of the pipes.
        _ = consume outputEnd
        _ = consume messagesEnd
        var isOver = false
        defer { if !isOver { Self.stop(process) } }
        var taken: [UInt8] = []
        taken.reserveCapacity(limit)
        var isKept = false
        defer { if !isKept { taken.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } } }
        var said: [UInt8] = []
        let deadline = ContinuousClock.now + timeout
        try gather(output, messages, into: &taken, &said, until: deadline, cancellation)
        let status = try Self.wait(process, messages, &said, until: deadline, cancellation)
        isOver = true
        // Those that it left in its group would keep running for nobody.
        kill(-process, SIGKILL)
        guard status & 0x7F == 0 else { throw .signal(status & 0x7F) }
        guard status >> 8 & 0xFF == 0 else {
            throw .exit(status >> 8 & 0xFF, messages: words(said, taken))
        }
        isKept = true
        return taken
    }

    // MARK: Output

    /// Reads both pipes until the output ends.
    private func gather(
        _ output: borrowing FileDescriptor, _ messages: borrowing FileDescriptor, into taken: inout [UInt8],
        _ said: inout [UInt8], until deadline: ContinuousClock.Instant, _ cancellation: CancellationFlag?
    ) throws(Failure) {
        var waiting = [
            pollfd(fd: output.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: messages.raw, events: Int16(POLLIN), revents: 0),
        ]
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer {
            if let base = room.baseAddress { wipe(base, room.count) }
            room.deallocate()
        }
        while waiting[0].fd >= 0 || waiting[1].fd >= 0 {
            let ready = poll(&waiting, 2, 50)
            if cancellation?.isCancelled == true { throw .cancelled }
            guard ContinuousClock.now < deadline else { throw .timeout }
            guard ready > 0 else { continue }
            for index in 0..<2 where waiting[index].revents != 0 {
                let count = read(waiting[index].fd, room.baseAddress, room.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 {
                    waiting[index].fd = -1
                    // A child of the program may keep its error output open for ever.
                    if index == 0 { return }
                } else if index == 0 {
                    guard taken.count + count <= limit else { throw .tooLarge }
                    taken += room[..<count]
                } else if said.count < Self.keptMessages {
                    said += room[..<count]
                }
            }
        }
    }

    /// Takes what was said by now, so that the program never waits for its reader.
    private static func drain(_ messages: borrowing FileDescriptor, _ said: inout [UInt8]) {
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = pollfd(fd: messages.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 0) > 0 else { return }
            let count = read(messages.raw, &room, room.count)
            guard count > 0 else { return }
            if said.count < keptMessages { said += room[..<count] }
        }
    }

    // MARK: End

    private static func wait(
        _ process: pid_t, _ messages: borrowing FileDescriptor, _ said: inout [UInt8],
        until deadline: ContinuousClock.Instant, _ cancellation: CancellationFlag?
    ) throws(Failure) -> Int32 {
        var status: Int32 = 0
        var pause: UInt32 = 200
        while true {
            let result = waitpid(process, &status, WNOHANG)
            drain(messages, &said)
            if result == process { return status }
            if result < 0, errno != EINTR { return 0 }
            if cancellation?.isCancelled == true { throw .cancelled }
            guard ContinuousClock.now < deadline else { throw .timeout }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    private static func stop(_ process: pid_t) {
        kill(-process, SIGTERM)
        let limit = ContinuousClock.now + grace
        var info = siginfo_t()
        while ContinuousClock.now < limit,
            waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0, info.si_signo != SIGCHLD
        {
            usleep(5000)
        }
        // The group still has its leader, if only as a zombie, so that its number cannot mean anybody else.
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}
