internal import Catalog
internal import Configuration
internal import Engine
internal import Glibc
internal import Hooks
internal import Logging
internal import Secrets
internal import Support
internal import Transport

extension StreamSource {
    /// A source that Dunnage knows how to ask for.
    init(_ path: String, _ dump: DumpSpecification, _ secrets: SecretStore, _ logger: Logger) {
        let surroundings = HookSurroundings(
            job: "", secrets: secrets, transport: Transport(version: ProgramVersion.current, usesProxies: false),
            logger: logger)
        self.init(path: path, title: dump.title) {
            switch dump {
            case .container(let command):
                return try ContainerOutput(
                    path, command.container, command.arguments, user: command.user,
                    timeout: command.timeout.map { .seconds($0.fixedSeconds) }, surroundings)
            case .sqlite(let database): return try CopiedDatabase(path, of: database)
            case .database(let dump):
                let command = try DumpCommand(dump, secrets)
                let timeout = dump.timeout.map { Duration.seconds($0.fixedSeconds) }
                if let container = dump.container {
                    return try ContainerOutput(
                        path, container, command.arguments, user: nil, environment: command.environment,
                        timeout: timeout, surroundings)
                }
                let program = command.arguments[0]
                return try PreparedOutput(
                    StreamCommand(
                        StreamSource(
                            path: path, arguments: command.arguments, environment: command.environment,
                            timeout: timeout, redact: { secrets.mask.apply(to: $0) },
                            log: { logger.info("\($0)", metadata: ["command": "\(program)", "path": "\(path)"]) })),
                    command.folder)
            }
        }
    }
}

extension DumpSpecification {
    /// What it is called in errors.
    var title: String {
        switch self {
        case .container(let command): "\(command.arguments.first ?? "command") in \(command.container)"
        case .database(let dump): dump.server.rawValue
        case .sqlite(let path): "the copy of \(path)"
        }
    }
}

/// The output of a program that needs files of its own.
private final class PreparedOutput: StreamOutput {
    private let command: StreamCommand
    private var folder: TemporaryFolder?

    init(_ command: StreamCommand, _ folder: TemporaryFolder?) {
        self.command = command
        self.folder = folder
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool) throws -> Int {
        try command.read(into: buffer, isStopped: isStopped)
    }

    func finish(isStopped: () -> Bool) throws { try command.finish(isStopped: isStopped) }

    func stop() {
        command.stop()
        folder = nil
    }
}

/// The output of a command in a container.
private final class ContainerOutput: StreamOutput {
    private let path: String
    private let title: String
    private let stream: DockerStream

    init(
        _ path: String, _ container: String, _ arguments: [String], user: String?,
        environment: [String: String] = [:], timeout: Duration?, _ surroundings: HookSurroundings
    ) throws {
        self.path = path
        title = "\(arguments.first ?? "command") in \(container)"
        do throws(DockerStream.Failure) {
            stream = try DockerStream(
                in: container, arguments: arguments, user: user, environment: environment, timeout: timeout,
                surroundings)
        } catch {
            throw Self.typed(error, path, title)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool) throws -> Int {
        do throws(DockerStream.Failure) {
            return try stream.read(into: buffer, isStopped: isStopped)
        } catch {
            throw Self.typed(error, path, title)
        }
    }

    func finish(isStopped: () -> Bool) throws {
        do throws(DockerStream.Failure) {
            try stream.finish()
        } catch {
            throw Self.typed(error, path, title)
        }
    }

    func stop() { stream.stop() }

    private static func typed(_ failure: DockerStream.Failure, _ path: String, _ title: String) -> any Error {
        func failed(_ reason: StreamFailure.Reason, _ lines: [String] = []) -> EngineError {
            .stream(StreamFailure(path: path, program: title, reason: reason, lines: lines))
        }
        return switch failure {
        case .docker(let error): failed(.failed("\(error)"))
        case .exit(let status, let lines): failed(.exit(status), lines)
        case .timeout(let time): failed(.timeout(time))
        case .cancelled: EngineError.cancelled
        case .system(let error): error
        }
    }
}

/// A consistent copy of an SQLite file, made before it is read.
private final class CopiedDatabase: StreamOutput {
    private let file: FileDescriptor
    private var folder: TemporaryFolder?

    init(_ path: String, of database: String) throws {
        let folder = try TemporaryFolder(prefix: "dunnage-sqlite")
        do throws(CatalogError) {
            try DatabaseCopy.make(of: database, at: "\(folder.path)/copy")
        } catch {
            throw EngineError.stream(
                StreamFailure(
                    path: path, program: "the copy of \(database)", reason: .failed(error.copyWords), lines: []))
        }
        file = try FileDescriptor.open("\(folder.path)/copy")
        self.folder = folder
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool) throws -> Int {
        if isStopped() { throw EngineError.cancelled }
        return try file.read(into: buffer)
    }

    func finish(isStopped: () -> Bool) throws {}

    func stop() { folder = nil }
}

extension CatalogError {
    /// SQLite's own words: the advice for catalogs is of no use for other files.
    fileprivate var copyWords: String {
        switch self {
        case .database(_, let detail), .damaged(_, let detail): "SQLite says: \(detail)."
        default: "\(self)"
        }
    }
}
