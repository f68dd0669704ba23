/// A command whose standard output becomes a file of the version.
public struct StreamSource: Sendable {
    /// The file's absolute path in the version; nothing of it need exist in the file system.
    public var path: String
    /// The program, found by `PATH` unless it has a slash, and its arguments; no shell reads them.
    public var arguments: [String]
    /// The environment of the command, besides `PATH`, which is this process's unless it is given here.
    public var environment: [String: String]
    /// How long the command may take; `nil` for as long as it likes.
    public var timeout: Duration?
    /// Takes secrets out of what the command writes to standard error, before anybody sees it.
    public var redact: @Sendable (String) -> String
    /// Begins what yields the bytes when that is no program of this machine, or one that needs preparation.
    ///
    /// `arguments` then only name it. Called on the thread that reads, each time the source is read.
    public var open: (@Sendable () throws -> any StreamOutput)?
    /// Is told what the command writes to standard error, line by line, on a thread of its own.
    public var log: @Sendable (String) -> Void

    /// A source; its command gets no environment and may take as long as it likes unless told otherwise.
    public init(
        path: String, arguments: [String], environment: [String: String] = [:], timeout: Duration? = nil,
        redact: @escaping @Sendable (String) -> String = { $0 }, log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
        self.redact = redact
        self.log = log
    }

    /// A source whose bytes come from something else than a program of this machine.
    /// - Parameters:
    ///   - path: the file's absolute path in the version.
    ///   - title: what it is called in errors.
    ///   - open: begins it.
    public init(path: String, title: String, open: @escaping @Sendable () throws -> any StreamOutput) {
        self.init(path: path, arguments: [title])
        self.open = open
    }
}
