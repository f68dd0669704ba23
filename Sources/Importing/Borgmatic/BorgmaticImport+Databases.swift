internal import YAML

/// Databases, as sources with the command that dumps them.
extension BorgmaticImport {
    mutating func addDatabases() {
        for (key, folder) in [
            ("postgresql_databases", "postgresql"), ("mariadb_databases", "mariadb"), ("mysql_databases", "mysql"),
            ("mongodb_databases", "mongodb"), ("sqlite_databases", "sqlite"),
        ] {
            for item in keys.take(key)?.items ?? [] { addDatabase(ForeignMapping(item), folder) }
        }
    }

    private mutating func addDatabase(_ database: ForeignMapping, _ kind: String) {
        var database = database
        let name = filled(database.takeText("name") ?? "all")
        let host = database.takeText("hostname").map { filled($0) }
        let port = database.takeText("port")
        let user = database.takeText("username").map { filled($0) }
        let password = database.takeText("password")
        let options = database.takeText("options").map { ShellWords.words(filled($0)) } ?? []
        let isAll = name == "all"
        var command: [String]
        var variable = ""
        var end = "sql"
        switch kind {
        case "postgresql":
            var format = "custom"
            if !isAll, let other = database["format"]?.text, ["plain", "tar", "custom"].contains(other) {
                _ = database.take("format")
                format = other
            }
            command = isAll ? ["pg_dumpall", "--no-password"] : ["pg_dump", "--no-password", "--format=\(format)"]
            end = isAll || format == "plain" ? "sql" : format == "tar" ? "tar" : "dump"
            variable = "PGPASSWORD"
        case "mariadb", "mysql":
            command = [kind == "mysql" ? "mysqldump" : "mariadb-dump", "--single-transaction"]
            variable = "MYSQL_PWD"
        case "mongodb":
            command = ["mongodump", "--archive"]
            end = "archive"
        default:
            let path = filled(database.takeText("path") ?? name)
            command = ["sqlite3", path, ".dump"]
        }
        for key in [
            "pg_dump_command", "mysql_dump_command", "mariadb_dump_command", "mongodump_command", "sqlite_command",
        ]
        where !isAll || key != "pg_dump_command" {
            if let other = database.takeText(key) {
                command.replaceSubrange(0..<1, with: ShellWords.words(filled(other)))
            }
        }
        if kind != "sqlite" {
            command += options
            let flag = kind == "mongodb" ? "--username" : kind == "postgresql" ? "--username" : "--user"
            if let host { command.append("--host=\(host)") }
            if let port { command.append("--port=\(port)") }
            if let user { command.append("\(flag)=\(user)") }
            if kind == "mongodb", !isAll {
                command.append("--db=\(name)")
            } else if kind != "mongodb" {
                if isAll, kind != "postgresql" { command.append("--all-databases") }
                if !isAll { command.append(name) }
            }
        }
        var source = DraftMapping([
            .init(
                key: "path", value: .text("/databases/\(kind)/\(isAll ? "all" : name.replacing("/", with: "-")).\(end)")
            ),
            .init(key: "command", value: .list(command.map { Variables.written($0) })),
        ])
        if let password, !variable.isEmpty {
            let secret = secret("\(kind)_password", password, "password of the \(kind) database \(name)")
            source["environment"] = .mapping(DraftMapping([.init(key: variable, value: .secret(secret))]))
        } else if password != nil {
            draft.open("\(kind)_databases: password", "put it into a configuration file that \(command[0]) reads")
        }
        mapping.append(.mapping(source), to: "sources")
        // What is asked for only when a dump is restored.
        let forRestores: Set<String> = [
            "pg_restore_command", "psql_command", "mysql_command", "mariadb_command", "mongorestore_command",
            "sqlite_restore_command", "analyze_command",
        ]
        for key in database.keys where !forRestores.contains(key) && !key.hasPrefix("restore_") {
            draft.dropped("\(kind)_databases: \(key)", "change the source's `command` if the dump needs it")
        }
    }
}
