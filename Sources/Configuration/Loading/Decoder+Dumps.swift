internal import Secrets
internal import YAML

extension Decoder {
    mutating func dump(_ source: Node, _ place: String) -> DumpSpecification? {
        if let exec = source["docker_exec"] {
            return .container(
                .init(
                    container: text(exec["container"]) ?? "", arguments: texts(exec["command"]),
                    user: text(exec["user"]), timeout: duration(exec["timeout"])))
        }
        if let sqlite = source["sqlite"] { return text(sqlite["database"]).map { .sqlite(trimmed($0)) } }
        for server in DatabaseDump.Server.allCases {
            guard let node = source[server.rawValue] else { continue }
            return .database(database(node, server, "\(place).\(server.rawValue)"))
        }
        return nil
    }

    private mutating func database(_ node: Node, _ server: DatabaseDump.Server, _ place: String) -> DatabaseDump {
        let password = node["password"].map { credential($0, "\(place).password") }
        return DatabaseDump(
            server: server, database: text(node["database"]), host: text(node["host"]), port: integer(node["port"]),
            username: text(node["username"]), password: password,
            authenticationDatabase: text(node["authentication_database"]), format: word(node["format"]) ?? .custom,
            options: texts(node["options"]), tool: text(node["tool"]), container: text(node["container"]),
            timeout: duration(node["timeout"]))
    }
}
