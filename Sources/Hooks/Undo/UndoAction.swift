internal import Configuration
internal import JSON
internal import Secrets
internal import Support

/// What takes something back, in a form that outlives the process.
///
/// Secrets are in it by their names only: their values are had again when it is done.
enum UndoAction: Sendable, Hashable {
    /// Something is done.
    case action(HookSpecification.Action, timeout: Duration)
    /// Containers are to run again.
    case containers([DockerContainer], HookSpecification.StopMode, timeout: Duration)
}

extension UndoAction {
    /// The document of a journal.
    var json: JSONValue {
        switch self {
        case .action(let action, let timeout): .object(Self.timeout(timeout) + Self.members(action))
        case .containers(let containers, let mode, let timeout):
            .object(
                Self.timeout(timeout) + [
                    .init("mode", .string(mode.rawValue)), .init("containers", .array(containers.map { $0.json })),
                ])
        }
    }

    /// Reads a journal's document; nil for what this version does not know.
    init?(_ document: JSONValue) {
        let timeout = Duration.seconds(document["timeout"]?.integer ?? 60)
        if let containers = document["containers"]?.array,
            let mode = document["mode"]?.string.flatMap({ HookSpecification.StopMode(rawValue: $0) })
        {
            self = .containers(containers.compactMap { DockerContainer($0) }, mode, timeout: timeout)
        } else if let action = Self.action(document) {
            self = .action(action, timeout: timeout)
        } else {
            return nil
        }
    }

    private static func timeout(_ timeout: Duration) -> [JSONValue.Member] {
        [.init("timeout", .integer(timeout.components.seconds))]
    }

    private static func members(_ action: HookSpecification.Action) -> [JSONValue.Member] {
        switch action {
        case .command(let arguments, let environment):
            [.init("command", texts(arguments)), .init("environment", templates(environment))]
        case .dockerExec(let container, let arguments, let user):
            [.init("docker_exec", .string(container)), .init("arguments", texts(arguments))]
                + (user.map { [.init("user", .string($0))] } ?? [])
        case .http(let url, let method, let headers, let body, let status):
            [
                .init("http", url.json), .init("method", .string(method.rawValue)),
                .init("headers", templates(headers)),
            ] + (body.map { [.init("body", $0.json)] } ?? [])
                + (status.map { [.init("status", .integer(Int64($0)))] } ?? [])
        case .dockerStop: []
        }
    }

    private static func action(_ document: JSONValue) -> HookSpecification.Action? {
        if let words = document["command"]?.array {
            return .command(words.compactMap { $0.string }, environment: templates(document["environment"]))
        }
        if let container = document["docker_exec"]?.string {
            return .dockerExec(
                container: container, arguments: (document["arguments"]?.array ?? []).compactMap { $0.string },
                user: document["user"]?.string)
        }
        guard let url = document["http"].flatMap({ Template($0) }) else { return nil }
        return .http(
            url: url,
            method: document["method"]?.string.flatMap { HookSpecification.HTTPMethod(rawValue: $0) } ?? .get,
            headers: templates(document["headers"]), body: document["body"].flatMap { Template($0) },
            status: document["status"]?.integer.flatMap { Int(exactly: $0) })
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func templates(_ templates: [String: Template]) -> JSONValue {
        .object(templates.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) })
    }

    private static func templates(_ document: JSONValue?) -> [String: Template] {
        var templates: [String: Template] = [:]
        for member in document?.object ?? [] { templates[member.name] = Template(member.value) }
        return templates
    }
}

extension Template {
    /// Its pieces: a text, or an object with the name of a secret.
    fileprivate var json: JSONValue {
        .array(
            pieces.map { piece in
                switch piece {
                case .text(let text): .string(text)
                case .secret(let reference): .object([.init("secret", .string(reference.name))])
                }
            })
    }

    fileprivate init?(_ document: JSONValue) {
        guard let pieces = document.array else { return nil }
        self.init(
            pieces.compactMap { piece in
                piece.string.map { .text($0) } ?? piece["secret"]?.string.map { .secret(SecretReference($0)) }
            })
    }
}

extension DockerContainer {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init("id", .string(id)), .init("name", .string(name))]
        if let place {
            members += [
                .init("project", .string(place.project)), .init("service", .string(place.service)),
                .init("number", .string(place.number)),
            ]
        }
        return .object(members)
    }

    fileprivate init?(_ document: JSONValue) {
        guard let id = document["id"]?.string, let name = document["name"]?.string else { return nil }
        var place: ComposePlace?
        if let project = document["project"]?.string, let service = document["service"]?.string {
            place = ComposePlace(project: project, service: service, number: document["number"]?.string ?? "1")
        }
        self.init(id: id, name: name, state: "", place: place)
    }
}
