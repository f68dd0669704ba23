public import Configuration
internal import Logging
internal import Secrets
internal import Support
internal import Transport

/// What came of something that was done.
public struct ActionAnswer: Sendable {
    /// The status that a command ended with; 0 for what is no command.
    public let status: Int32
    /// The lines of a command's standard output, with whatever is secret in them: to be read, never shown.
    public let output: [String]
    /// The last lines of both outputs, without secrets.
    public let lastLines: [String]
    /// Whether a command wrote anything to standard error.
    public let hasErrorOutput: Bool
}

/// One thing that is done around a backup.
public struct ActionRun {
    private let action: HookSpecification.Action
    private let name: String
    private let timeout: Duration
    private let surroundings: HookSurroundings
    private let variables: [String: String]

    /// Something to do, not yet begun.
    /// - Parameters:
    ///   - action: what it is; to stop containers is not one of these.
    ///   - name: what it is called in logs and errors.
    ///   - timeout: how long it may take.
    ///   - surroundings: what it has to do with.
    ///   - variables: what a command has in its environment beside what is named.
    public init(
        _ action: HookSpecification.Action, name: String, timeout: Duration, in surroundings: HookSurroundings,
        variables: [String: String] = [:]
    ) {
        self.action = action
        self.name = name
        self.timeout = timeout
        self.surroundings = surroundings
        self.variables = variables
    }

    /// Does it, and blocks the calling thread.
    /// - Returns: what came of it; for a command that ended by itself with whatever status.
    /// - Throws: `HookFailure`.
    public func run() throws(HookFailure) -> ActionAnswer {
        let (logger, name, secrets) = (surroundings.logger, name, surroundings.secrets)
        let lines = OutputLines(
            mask: { secrets.mask.apply(to: $0) },
            log: { line, channel in
                logger.info(
                    "\(line)", metadata: ["hook": "\(name)", "stream": channel == .output ? "stdout" : "stderr"])
            })
        do throws(HookFailure.Reason) {
            let status = try perform(lines)
            return ActionAnswer(
                status: status, output: lines.heard, lastLines: lines.last, hasErrorOutput: lines.hasErrors)
        } catch {
            throw HookFailure(name, error, lines: lines.last)
        }
    }

    private func perform(_ lines: OutputLines) throws(HookFailure.Reason) -> Int32 {
        let stop = surroundings.stop
        switch action {
        case .command(let arguments, let environment):
            let command = HookCommand(
                arguments: arguments, environment: try variables(environment), timeout: timeout)
            return try command.run(lines) { stop?.isCancelled == true }
        case .dockerExec(let container, let arguments, let user):
            return try inContainer { engine throws(DockerError) in
                let exec = DockerExec(
                    engine: engine, container: container, arguments: arguments, user: user, timeout: timeout)
                defer { lines.finish() }
                return try exec.run(stop) { bytes, channel in lines.take(bytes, channel == .error ? .error : .output) }
            }
        case .http(let url, let method, let headers, let body, let status):
            try HookCall(request: try request(url, method, headers, body), status: status)
                .send(over: surroundings.transport, stop)
            return 0
        case .dockerStop:
            // What takes it back has to be known first: that is `ContainerStop`.
            return 0
        }
    }

    private func inContainer(_ body: (DockerEngine) throws(DockerError) -> Int32) throws(HookFailure.Reason) -> Int32 {
        do throws(DockerError) {
            return try body(try surroundings.engine())
        } catch {
            if case .transport(.timeout) = error.kind { throw .timeout(timeout) }
            throw .docker(error)
        }
    }

    // MARK: What is said

    private func variables(_ templates: [String: Template]) throws(HookFailure.Reason) -> [String: String] {
        var environment = variables
        for (name, template) in templates { environment[name] = try text(template) }
        if environment["PATH"] == nil { environment["PATH"] = surroundings.searchPath }
        return environment
    }

    private func text(_ template: Template) throws(HookFailure.Reason) -> String {
        do throws(SecretError) {
            return try surroundings.secrets.resolve(template)
        } catch {
            throw .secret(error)
        }
    }

    private func request(
        _ url: Template, _ method: HookSpecification.HTTPMethod, _ headers: [String: Template], _ body: Template?
    ) throws(HookFailure.Reason) -> HTTPRequest {
        let target: String
        do throws(SecretError) {
            target = try surroundings.secrets.resolveURL(url.replacing("{job}", with: surroundings.job))
        } catch {
            throw .secret(error)
        }
        var fields: HTTPHeaders = [:]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fields[name] = try text(value) }
        let content = try body.map { template throws(HookFailure.Reason) in Array(try text(template).utf8) }
        return HTTPRequest(
            HTTPRequest.Method(rawValue: method.rawValue) ?? .get, target, headers: fields, body: content ?? [],
            timeouts: TransportTimeouts(connect: timeout, idle: timeout, firstByte: timeout, whole: timeout))
    }
}

extension HookSpecification.Action {
    /// What it is called where it has no name of its own.
    public var title: String {
        switch self {
        case .command(let arguments, _):
            arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "command"
        case .dockerExec(let container, let arguments, _): "\(arguments.first ?? "command") in \(container)"
        case .dockerStop(.named(let names), let mode, _): "\(mode.rawValue) \(names.joined(separator: ", "))"
        case .dockerStop(.labelled(let label), let mode, _): "\(mode.rawValue) containers with \(label)"
        // The rest of a URL may be secret.
        case .http(let url, let method, _, _, _):
            "\(method.rawValue) \(url.pieces.first.flatMap { Self.origin($0) } ?? "a web service")"
        }
    }

    private static func origin(_ piece: Template.Piece) -> String? {
        guard case .text(let text) = piece else { return nil }
        let shown = HTTPRequest(.get, text).description.dropFirst("GET ".count)
        return shown == "-" ? nil : String(shown)
    }
}
