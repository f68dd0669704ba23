public import Configuration
internal import Glibc
internal import JSON
internal import Jobs
public import Listening
internal import Logging
internal import Secrets
public import Service
internal import Support

/// What can be asked of a service over HTTP, whatever the requests come in by.
public final class ServiceAPI: Sendable {
    let service: Service
    let setting: ServiceSetting
    let restores: RestoreBook
    private let tokens = TokenBook()
    private let limit = LoginLimit()

    /// The API of a service.
    /// - Parameters:
    ///   - service: the service.
    ///   - setting: what it was given.
    public init(_ service: Service, _ setting: ServiceSetting) {
        self.service = service
        self.setting = setting
        restores = RestoreBook(setting)
    }

    /// Whether requests for a target must not wait behind others.
    public static func isUrgent(_ target: RequestTarget) -> Bool {
        target.rawPath == "/livez" || target.rawPath == "/readyz"
    }

    /// Fetches the tokens of a configuration; blocks while their providers answer.
    /// - Returns: whether all of them could be had.
    @discardableResult
    public func takeTokens(_ configuration: Configuration) -> Bool {
        let secrets = SecretStore(of: configuration, environment: setting.environment, mask: setting.mask)
        let problems = tokens.take(configuration.runtime.api.tokens, secrets)
        for problem in problems { setting.logger.error("token not accepted", metadata: ["error": "\(problem)"]) }
        return problems.isEmpty
    }

    /// Answers a request.
    public func answer(_ request: ServerRequest) -> ServerResponse {
        var response: ServerResponse
        do throws(APIProblem) {
            response = try respond(request)
        } catch {
            response = error.response
        }
        response.fields["Cache-Control"] = "no-store"
        response.fields["X-Content-Type-Options"] = "nosniff"
        response.fields["X-Frame-Options"] = "DENY"
        response.fields["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.fields["Cross-Origin-Resource-Policy"] = "same-origin"
        response.fields["Referrer-Policy"] = "no-referrer"
        return response
    }

    private func respond(_ request: ServerRequest) throws(APIProblem) -> ServerResponse {
        let (operation, path) = try Self.route(request)
        let caller = try letIn(request, operation)
        let call = try Call(request, operation, path, caller)
        if operation.method != "GET" {
            setting.logger.notice(
                "asked through the API",
                metadata: [
                    "operation": "\(operation.name)", "by": "\(caller.name)", "path": "\(request.target.rawPath)",
                ])
        }
        do {
            return try operation.perform(self, call)
        } catch let problem as APIProblem {
            throw problem
        } catch {
            let failure = Failure(error)
            throw APIProblem(Failure(failure.code, failure.exitCode, setting.mask.apply(to: failure.message)))
        }
    }

    private static func route(_ request: ServerRequest) throws(APIProblem) -> (Operation, [String: String]) {
        let found = Operations.all.compactMap { operation in
            operation.path.match(request.path).map { (operation, $0) }
        }
        guard !found.isEmpty else {
            throw .notFound("There is nothing at this path; /openapi.json says what there is.")
        }
        let method = request.method == "HEAD" ? "GET" : request.method
        if let match = found.first(where: { $0.0.method == method }) { return match }
        let methods = Set(found.map { $0.0.method }).flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }.sorted()
        var problem = APIProblem(405, "This path takes \(methods.joined(separator: " and ")) only.")
        problem.allowed = methods
        throw problem
    }

    // MARK: Who asks

    private func letIn(_ request: ServerRequest, _ operation: Operation) throws(APIProblem) -> Caller {
        guard case .scope(let needed) = operation.access else { return .anybody }
        let caller = try caller(request)
        guard let scope = caller.scope, scope >= needed else {
            var problem = APIProblem(
                403, "This needs a token of the scope `\(needed.rawValue)`; the one that came has less.")
            problem.challenge = "Bearer realm=\"dunnage\", error=\"insufficient_scope\", scope=\"\(needed.rawValue)\""
            throw problem
        }
        return caller
    }

    private func caller(_ request: ServerRequest) throws(APIProblem) -> Caller {
        if case .process(let user, _, _) = request.peer {
            guard user == geteuid() || user == 0 else {
                throw APIProblem(403, "The socket answers the user that the service runs as, and root.")
            }
            return Caller(name: "user \(user)", scope: .admin)
        }
        guard HostCheck.allows(request.host, service.configuration.runtime.api) else {
            throw APIProblem(
                421, "The service is not called by that name. Use its address, or add the name to `runtime.api.hosts`.")
        }
        if let seconds = limit.wait(request.peer) {
            var problem = APIProblem(429, "Too many wrong tokens. Wait, and send the right one.")
            problem.retryAfter = seconds
            throw problem
        }
        let fields = request.fields.all("Authorization")
        guard fields.count == 1, let token = Self.token(fields[0]) else {
            var problem = APIProblem(
                401,
                tokens.isEmpty
                    ? "The service has no tokens, so it answers nothing but probes here. Add some to `runtime.api.tokens`."
                    : "This needs a token: `Authorization: Bearer TOKEN`.")
            problem.challenge = "Bearer realm=\"dunnage\""
            throw problem
        }
        guard let owner = tokens.owner(of: token.utf8) else {
            if limit.fail(request.peer) {
                setting.logger.warning("wrong tokens", metadata: ["peer": "\(request.peer)"])
            }
            var problem = APIProblem(401, "The token is not known.")
            problem.challenge = "Bearer realm=\"dunnage\", error=\"invalid_token\""
            throw problem
        }
        limit.succeed(request.peer)
        return owner
    }

    private static func token(_ field: String) -> Substring? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}

extension Call {
    /// Checks what came with a request against what its operation takes.
    fileprivate init(
        _ request: ServerRequest, _ operation: Operation, _ path: [String: String], _ caller: Caller
    ) throws(APIProblem) {
        var values: [String: JSONValue] = [:]
        let names = operation.path.parameters
        for parameter in operation.parameters {
            if names.contains(parameter.name) {
                guard let text = path[parameter.name], let value = parameter.schema.value(ofParameter: text) else {
                    throw .notFound("`\(parameter.name)` in the path is nothing that is there.")
                }
                values[parameter.name] = value
            } else {
                values[parameter.name] = try Self.value(of: parameter, in: request) ?? parameter.usual
            }
        }
        for item in request.target.query where !operation.parameters.contains(where: { $0.name == item.name }) {
            throw APIProblem(400, "There is no parameter `\(item.name.prefix(60))` here.")
        }
        self.values = values
        body = try Self.body(request, operation)
        self.caller = caller
    }

    private static func value(
        of parameter: Operation.Parameter, in request: ServerRequest
    ) throws(APIProblem) -> JSONValue? {
        let given = request.target.query.filter { $0.name == parameter.name }
        guard given.count <= 1 else { throw APIProblem(400, "`\(parameter.name)` is there more than once.") }
        guard let text = given.first?.value else { return nil }
        guard let value = parameter.schema.value(ofParameter: text) else {
            let problem = parameter.schema.problem(with: .string(text), at: "`\(parameter.name)`")
            throw APIProblem(400, problem ?? "`\(parameter.name)` has a value that it cannot have.")
        }
        return value
    }

    private static func body(_ request: ServerRequest, _ operation: Operation) throws(APIProblem) -> JSONValue {
        guard let wanted = operation.body else {
            guard request.body.isEmpty else { throw APIProblem(400, "Nothing is to be sent along here.") }
            return .object([])
        }
        guard !request.body.isEmpty else {
            guard !wanted.isRequired else { throw APIProblem(400, "A JSON document is to be sent along.") }
            return .object([])
        }
        let type = request.fields["Content-Type"]?.prefix { $0 != ";" }.lowercased()
            .trimmingPrefix(while: { $0 == " " })
        guard type.map({ $0.prefix { $0 != " " } }) == "application/json" else {
            throw APIProblem(415, "What is sent along has to be `Content-Type: application/json`.")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: request.body, maximumDepth: 8)
        } catch {
            throw APIProblem(400, "What was sent along is not JSON: \(error).")
        }
        if let problem = wanted.schema.problem(with: value, at: "The document") { throw APIProblem(400, problem) }
        return value
    }
}
