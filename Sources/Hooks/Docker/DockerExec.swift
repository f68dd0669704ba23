internal import Glibc
internal import JSON
internal import Support
internal import Transport

/// A command in a running container.
///
/// The engine has no way to end it: one that takes too long is left to itself, and goes on in the container.
struct DockerExec {
    let engine: DockerEngine
    let container: String
    let arguments: [String]
    let user: String?
    var environment: [String: String] = [:]
    /// `nil` for as long as it likes.
    let timeout: Duration?

    /// How long it may take in truth: without a limit, a command may be silent for as long as anybody can wait.
    private var limit: Duration { timeout ?? .seconds(30 * 86_400) }

    /// Runs the command to its end.
    /// - Parameters:
    ///   - cancellation: ends the waiting when it is raised.
    ///   - deliver: gets what it writes, as it comes; what it throws ends the waiting.
    /// - Returns: its status.
    /// - Throws: `DockerError` when it could not be run, or its end cannot be learned.
    func run(
        _ cancellation: CancellationFlag?,
        deliver: @escaping (UnsafeRawBufferPointer, DockerFrames.Channel) throws(SystemError) -> Void
    ) throws(DockerError) -> Int32 {
        let target = try target(cancellation)
        var members: [JSONValue.Member] = [
            .init("AttachStdin", .bool(false)), .init("AttachStdout", .bool(true)), .init("AttachStderr", .bool(true)),
            .init("Tty", .bool(false)), .init("Cmd", .array(arguments.map { .string($0) })),
        ]
        if let user { members.append(.init("User", .string(user))) }
        if !environment.isEmpty {
            let variables = environment.sorted { $0.key < $1.key }.map { JSONValue.string("\($0.key)=\($0.value)") }
            members.append(.init("Env", .array(variables)))
        }
        let made = try engine.document(
            .init(method: .post, path: "/containers/\(target.id)/exec", body: .object(members)), cancellation)
        guard let id = made["Id"]?.string, !id.isEmpty else {
            throw DockerError(.badAnswer, engine.endpoint.description, "a command without a number was made")
        }
        let output = ExecOutput(deliver)
        let start = DockerEngine.Call(
            method: .post, path: "/exec/\(id)/start",
            body: .object([.init("Detach", .bool(false)), .init("Tty", .bool(false))]), timeout: limit,
            accepted: [101], isStream: true)
        do throws(DockerError) {
            _ = try engine.send(start, into: output, cancellation)
        } catch {
            if output.isMalformed {
                throw DockerError(
                    .badAnswer, engine.endpoint.description, "the command's output does not come in frames")
            }
            throw error
        }
        guard !output.isCut else {
            throw DockerError(.badAnswer, engine.endpoint.description, "the command's output ends within a frame")
        }
        return try status(of: id, cancellation)
    }

    /// The container, of several that a service has the first that runs.
    private func target(_ cancellation: CancellationFlag?) throws(DockerError) -> DockerContainer {
        let found = try engine.containers(named: container, cancellation)
        guard let running = found.first(where: { $0.isRunning }) else {
            throw DockerError(
                .unsuitable, engine.endpoint.description,
                "The container \(found.first?.name ?? container) does not run (\(found.first?.state ?? "unknown"))")
        }
        return running
    }

    /// The status of a command whose output has ended, which the engine may learn a moment later.
    private func status(of id: String, _ cancellation: CancellationFlag?) throws(DockerError) -> Int32 {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let details = try engine.document(.init(path: "/exec/\(id)/json"), cancellation)
            if details["Running"]?.bool == false, let code = details["ExitCode"]?.integer {
                return Int32(truncatingIfNeeded: code)
            }
            guard ContinuousClock.now < deadline else {
                throw DockerError(
                    .badAnswer, engine.endpoint.description,
                    "the command has closed its output, but the engine does not tell how it ended")
            }
            usleep(20_000)
        }
    }
}

/// Gives what a command writes to whoever wants it, while it comes.
private final class ExecOutput: ResponseSink {
    private let deliver: (UnsafeRawBufferPointer, DockerFrames.Channel) throws(SystemError) -> Void
    private var frames = DockerFrames()
    private(set) var isMalformed = false

    var isCut: Bool { frames.isInside }

    init(_ deliver: @escaping (UnsafeRawBufferPointer, DockerFrames.Channel) throws(SystemError) -> Void) {
        self.deliver = deliver
    }

    func begin(_ head: HTTPResponse) throws(SystemError) {}

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        do {
            try frames.take(bytes) { part, channel in try deliver(part, channel) }
        } catch let error as SystemError {
            throw error
        } catch {
            isMalformed = true
            throw SystemError("read the output of a container", code: EPROTO)
        }
    }

    func end() throws(SystemError) {}
}
