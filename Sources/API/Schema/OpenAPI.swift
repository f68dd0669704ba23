internal import Configuration
public import JSON

/// The document that describes the API, made from the table of operations.
public enum OpenAPI {
    /// OpenAPI 3.1.
    public static let document: JSONValue = .object([
        .init("openapi", .string("3.1.0")),
        .init(
            "info",
            .object([
                .init("title", .string("Dunnage")), .init("version", .string("1.0.0")),
                .init("summary", .string("The service of a backup job runner.")),
                .init("description", .string(description)),
                .init(
                    "license",
                    .object([.init("name", .string("Apache-2.0")), .init("identifier", .string("Apache-2.0"))])),
            ])),
        .init(
            "tags", .array(tags.map { .object([.init("name", .string($0.0)), .init("description", .string($0.1))]) })),
        .init("paths", .object(paths)),
        .init(
            "components",
            .object([
                .init(
                    "securitySchemes",
                    .object([
                        .init(
                            "token",
                            .object([
                                .init("type", .string("http")), .init("scheme", .string("bearer")),
                                .init(
                                    "description",
                                    .string(
                                        "A token of `runtime.api.tokens`. The socket `api.sock` in the state folder "
                                            + "needs none.")),
                            ]))
                    ])),
                .init("schemas", .object(Schemas.all.map { .init($0.name, $0.schema.json) })),
                .init(
                    "responses",
                    .object([.init("Problem", problem("What is wrong, as RFC 9457 has it."))])),
            ])),
    ])

    private static let description = """
        What a running `dunnage serve` can be asked. Names are snake_case, times RFC 3339 in UTC, sizes bytes. Members are \
        added within version 1 and never change their meaning.
        """

    private static let tags = [
        ("probes", "Whether the service lives and is ready."), ("monitoring", "Metrics and the status."),
        ("service", "What concerns all jobs."), ("jobs", "Jobs."), ("runs", "Runs, with reports and logs."),
        ("versions", "Versions, and what is in them."), ("restores", "Restores."),
    ]

    private static var paths: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        for operation in Operations.all {
            let path = operation.path.description
            let method = JSONValue.Member(operation.method.lowercased(), json(operation))
            if let index = members.firstIndex(where: { $0.name == path }), case .object(let own) = members[index].value
            {
                members[index].value = .object(own + [method])
            } else {
                members.append(.init(path, .object([method])))
            }
        }
        return members
    }

    private static func json(_ operation: Operation) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("operationId", .string(operation.name)), .init("tags", .array([.string(operation.tag)])),
            .init("summary", .string(operation.summary)),
        ]
        switch operation.access {
        case .open: members.append(.init("security", .array([])))
        case .scope(let scope):
            members.append(.init("description", .string("Needs the scope `\(scope.rawValue)`.")))
            members.append(
                .init("security", .array([.object([.init("token", .array([.string(scope.rawValue)]))])])))
        }
        if !operation.parameters.isEmpty {
            let inPath = operation.path.parameters
            members.append(
                .init("parameters", .array(operation.parameters.map { json($0, isInPath: inPath.contains($0.name)) })))
        }
        if let body = operation.body {
            members.append(
                .init(
                    "requestBody",
                    .object([
                        .init("required", .bool(body.isRequired)),
                        .init("content", content("application/json", body.schema)),
                    ])))
        }
        members.append(.init("responses", responses(operation)))
        return .object(members)
    }

    private static func json(_ parameter: Operation.Parameter, isInPath: Bool) -> JSONValue {
        var schema = parameter.schema.json.object ?? []
        if let usual = parameter.usual { schema.append(.init("default", usual)) }
        return .object([
            .init("name", .string(parameter.name)), .init("in", .string(isInPath ? "path" : "query")),
            .init("required", .bool(isInPath)), .init("description", .string(parameter.summary)),
            .init("schema", .object(schema)),
        ])
    }

    private static func content(_ type: String, _ schema: Schema?) -> JSONValue {
        .object([.init(type, .object(schema.map { [.init("schema", $0.json)] } ?? []))])
    }

    private static func problem(_ summary: String) -> JSONValue {
        .object([
            .init("description", .string(summary)),
            .init("content", content("application/problem+json", .named("Problem"))),
        ])
    }

    private static func responses(_ operation: Operation) -> JSONValue {
        let answer = operation.answer
        var members: [JSONValue.Member] = [
            .init(
                "\(answer.status)",
                .object([
                    .init("description", .string(answer.summary)),
                    .init("content", content(answer.type, answer.schema)),
                ]))
        ]
        var problems = operation.problems
        func add(_ status: Int, _ summary: String) {
            if !problems.contains(where: { $0.status == status }) { problems.append((status, summary)) }
        }
        if operation.parameters.count > operation.path.parameters.count || operation.body != nil {
            add(400, "A parameter, or what was sent along, is not as it has to be.")
        }
        if operation.access != .open {
            add(401, "A token is missing, or not known.")
            add(403, "The token has not the scope.")
            add(421, "The service is not called by that name.")
            add(429, "Too many wrong tokens.")
        }
        if operation.body != nil { add(415, "What was sent along is not JSON.") }
        for (status, summary) in problems.sorted(by: { $0.status < $1.status }) {
            // A probe says in plain text what it complains of.
            if operation.tag == "probes" {
                members.append(
                    .init(
                        "\(status)",
                        .object([
                            .init("description", .string(summary)), .init("content", content(answer.type, .text())),
                        ])))
            } else {
                members.append(.init("\(status)", problem(summary)))
            }
        }
        members.append(.init("default", .object([.init("$ref", .string("#/components/responses/Problem"))])))
        return .object(members)
    }
}
