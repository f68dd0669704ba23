internal import CPosix
internal import Glibc
internal import Logging
internal import Secrets
public import Support
internal import Synchronization
internal import Transport

/// The standard output of a command in a container, to be read like a file.
///
/// A thread of its own asks the engine and fills a pipe, so that a slow reader holds the command back.
public final class DockerStream: Sendable {
    /// Why there is no whole output.
    public enum Failure: Error, Sendable {
        /// The engine failed.
        case docker(DockerError)
        /// The command ended with another status than 0, and said this.
        case exit(Int32, lines: [String])
        /// It took longer than it may.
        case timeout(Duration)
        /// The caller asked to stop.
        case cancelled
        /// A pipe or a thread could not be had, or read.
        case system(SystemError)
    }

    private struct State {
        var result: Result<Int32, DockerError>?
        var lines: [String] = []
    }

    private let output: FileDescriptor
    private let cancellation = CancellationFlag()
    private let state = Mutex(State())
    private let thread = Mutex<WorkerThread?>(nil)
    private let timeout: Duration?

    /// Starts a command.
    /// - Parameters:
    ///   - container: its name, or that of a service of a compose project.
    ///   - arguments: the command.
    ///   - user: who runs it in the container; the container's own user when nil.
    ///   - environment: variables beside the container's own.
    ///   - timeout: how long it may take; as long as it likes when nil.
    ///   - surroundings: the engine, the mask and the log.
    /// - Throws: `Failure`.
    public init(
        in container: String, arguments: [String], user: String?, environment: [String: String] = [:],
        timeout: Duration?, _ surroundings: HookSurroundings
    ) throws(Failure) {
        self.timeout = timeout
        let engine: DockerEngine
        do throws(DockerError) { engine = try surroundings.engine() } catch { throw .docker(error) }
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw .system(SystemError("create a pipe")) }
        output = FileDescriptor(owning: ends[0])
        let input = SharedDescriptor(FileDescriptor(owning: ends[1]))
        cposix_widen_pipe(output.raw, 1 << 20)
        let exec = DockerExec(
            engine: engine, container: container, arguments: arguments, user: user, environment: environment,
            timeout: timeout)
        do throws(SystemError) {
            let thread = try WorkerThread("container") { [self] in run(exec, input, surroundings) }
            self.thread.withLock { $0 = thread }
        } catch {
            throw .system(error)
        }
    }

    private func run(_ exec: DockerExec, _ input: SharedDescriptor, _ surroundings: HookSurroundings) {
        let (mask, logger) = (surroundings.secrets.mask, surroundings.logger)
        let lines = OutputLines(
            mask: { mask.apply(to: $0) },
            log: { line, _ in logger.info("\(line)", metadata: ["container": "\(exec.container)"]) })
        let result = Result { () throws(DockerError) in
            try exec.run(cancellation) { bytes, channel throws(SystemError) in
                if channel == .error { lines.take(bytes, .error) } else { try input.write(bytes, self.cancellation) }
            }
        }
        lines.finish()
        state.withLock { state in
            state.result = result
            state.lines = lines.last
        }
        input.close()
    }

    deinit { stop() }

    // MARK: Reading

    /// Fills a buffer; fewer bytes only at the end.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool
    ) throws(Failure) -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            var wanted = pollfd(fd: output.raw, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wanted, 1, 100)
            if isStopped() { throw .cancelled }
            guard ready > 0 else { continue }
            let count = Glibc.read(output.raw, base + done, buffer.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(SystemError("read a pipe"))
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Learns how the command ended, when its output has.
    public func finish() throws(Failure) {
        thread.withLock { $0 }?.join()
        let (result, lines) = state.withLock { ($0.result, $0.lines) }
        switch result {
        case .success(0)?: return
        case .success(let status)?: throw .exit(status, lines: lines)
        case .failure(let error)?:
            if error.isCancelled { throw .cancelled }
            if case .transport(.timeout) = error.kind, let timeout { throw .timeout(timeout) }
            throw .docker(error)
        case nil: throw .cancelled
        }
    }

    /// Ends the reading; the command itself goes on in its container.
    public func stop() {
        cancellation.cancel()
        thread.withLock { $0 }?.join()
    }
}

/// The end of a pipe that a thread writes to, and closes when it has no more.
private final class SharedDescriptor: Sendable {
    private let descriptor: Mutex<Int32>

    init(_ owned: consuming FileDescriptor) {
        let copy = fcntl(owned.raw, F_DUPFD_CLOEXEC, 0)
        if copy >= 0 { _ = fcntl(copy, F_SETFL, O_NONBLOCK) }
        descriptor = Mutex(copy)
    }

    /// Writes all bytes, unless the reader gives up.
    func write(_ bytes: UnsafeRawBufferPointer, _ cancellation: CancellationFlag) throws(SystemError) {
        let raw = descriptor.withLock { $0 }
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            if cancellation.isCancelled { throw SystemError("write to a pipe", code: ECANCELED) }
            var room = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
            guard poll(&room, 1, 100) > 0 else { continue }
            let count = Glibc.write(raw, base + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw SystemError("write to a pipe")
            }
            done += count
        }
    }

    func close() {
        descriptor.withLock { raw in
            if raw >= 0 { _ = Glibc.close(raw) }
            raw = -1
        }
    }

    deinit { close() }
}
