internal import Configuration
internal import Glibc
internal import Secrets
internal import Support

/// The program that dumps a database, with a password where no other process sees it.
///
/// On this machine that is a file in a folder that only this user can enter, and that goes with the dump; Redis's client
/// knows a variable only. In a container it is a variable of the command; `mongodump`, which knows none, gets a file
/// there that a shell makes of the variable and that is a pipe.
struct DumpCommand {
    let arguments: [String]
    let environment: [String: String]
    /// Has the file with the password, and has to live as long as the program.
    let folder: TemporaryFolder?

    /// Prepares the program of a database.
    /// - Throws: `SecretError` or `SystemError`.
    init(_ dump: DatabaseDump, _ secrets: SecretStore) throws {
        let password = try dump.password.map { try secrets.secret($0) }
        var words = DumpWords(dump, searchPath: secrets.environment["PATH"] ?? "")
        var environment: [String: String] = [:]
        var folder: TemporaryFolder?
        if let password, let variable = words.passwordVariable {
            environment[variable] = words.variableValue(password.reveal())
        } else if let password {
            let made = try TemporaryFolder(prefix: "dunnage-dump")
            let path = "\(made.path)/login"
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try Array(words.loginFile(password.reveal()).utf8).withUnsafeBytes { try file.write(all: $0) }
            if let variable = words.useLogin(path) { environment[variable] = path }
            folder = made
        }
        arguments = words.arguments
        self.environment = environment
        self.folder = folder
    }
}

/// How the programs of database servers are called, as their manuals say.
struct DumpWords {
    private let dump: DatabaseDump
    private var words: [String]
    private var login: [String] = []

    init(_ dump: DatabaseDump, searchPath: String) {
        self.dump = dump
        words =
            switch dump.server {
            case .postgresql: Self.postgresql(dump)
            case .mariadb: Self.mariadb(dump)
            case .mongodb: Self.mongodb(dump)
            case .redis: Self.redis(dump)
            }
        words.insert(dump.tool ?? Self.tool(dump, searchPath), at: 0)
    }

    /// The program and its arguments.
    var arguments: [String] {
        if dump.server == .mongodb, dump.container != nil, dump.password != nil {
            let script = "printf '%s' \"$\(Self.loginVariable)\" | { unset \(Self.loginVariable); exec \"$@\"; }"
            return ["sh", "-c", script, "sh", words[0], "--config=/dev/stdin"] + words.dropFirst()
        }
        // MariaDB's programs take the file with the login first or not at all.
        return words.prefix(1) + login + words.dropFirst()
    }

    private static func tool(_ dump: DatabaseDump, _ searchPath: String) -> String {
        switch dump.server {
        case .postgresql: return dump.database == nil ? "pg_dumpall" : "pg_dump"
        case .mongodb: return "mongodump"
        case .redis: return "redis-cli"
        case .mariadb:
            let isOnlyOld = !searchPath.split(separator: ":").contains { access("\($0)/mariadb-dump", X_OK) == 0 }
            return isOnlyOld && dump.container == nil ? "mysqldump" : "mariadb-dump"
        }
    }

    // MARK: Arguments

    private static func postgresql(_ dump: DatabaseDump) -> [String] {
        var words = ["--no-password"]
        if dump.database != nil {
            words.append("--format=\(dump.format.rawValue)")
            // A compressed dump differs from its beginning on when a row does, and would be stored whole each time.
            if dump.format == .custom { words.append("--compress=0") }
        }
        if let host = dump.host { words.append("--host=\(host)") }
        if let port = dump.port { words.append("--port=\(port)") }
        if let user = dump.username { words.append("--username=\(user)") }
        words += dump.options
        if let database = dump.database { words.append("--dbname=\(database)") }
        return words
    }

    private static func mariadb(_ dump: DatabaseDump) -> [String] {
        var words = [
            "--single-transaction", "--quick", "--routines", "--events", "--triggers", "--hex-blob",
            // The time of the dump would make every dump another.
            "--skip-dump-date",
        ]
        if let host = dump.host { words.append(host.hasPrefix("/") ? "--socket=\(host)" : "--host=\(host)") }
        if let port = dump.port { words.append("--port=\(port)") }
        if let user = dump.username { words.append("--user=\(user)") }
        words += dump.options
        words.append(contentsOf: dump.database.map { ["--", $0] } ?? ["--all-databases"])
        return words
    }

    private static func mongodb(_ dump: DatabaseDump) -> [String] {
        var words = ["--archive", "--quiet"]
        if let host = dump.host { words.append("--host=\(host)") }
        if let port = dump.port { words.append("--port=\(port)") }
        if let user = dump.username { words.append("--username=\(user)") }
        if let database = dump.authenticationDatabase { words.append("--authenticationDatabase=\(database)") }
        words += dump.options
        if let database = dump.database { words.append("--db=\(database)") }
        return words
    }

    private static func redis(_ dump: DatabaseDump) -> [String] {
        var words = ["--no-auth-warning"]
        if let host = dump.host { words += host.hasPrefix("/") ? ["-s", host] : ["-h", host] }
        if let port = dump.port { words += ["-p", "\(port)"] }
        if let user = dump.username { words += ["--user", user] }
        return words + dump.options + ["--rdb", "-"]
    }

    // MARK: Password

    private static let loginVariable = "DUNNAGE_LOGIN"

    /// The variable that has the password, where there is no better way.
    var passwordVariable: String? {
        switch dump.server {
        case .redis: "REDISCLI_AUTH"
        case .postgresql where dump.container != nil: "PGPASSWORD"
        case .mariadb where dump.container != nil: "MYSQL_PWD"
        case .mongodb where dump.container != nil: Self.loginVariable
        default: nil
        }
    }

    /// What that variable has.
    func variableValue(_ password: String) -> String { dump.server == .mongodb ? loginFile(password) : password }

    /// What the file with the password says.
    func loginFile(_ password: String) -> String {
        switch dump.server {
        case .postgresql:
            "*:*:*:*:\(password.replacing("\\", with: "\\\\").replacing(":", with: "\\:"))\n"
        case .mariadb:
            "[client]\npassword=\"\(password.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"\n"
        // Single quotes of YAML, in which only they themselves are special.
        case .mongodb: "password: '\(password.replacing("'", with: "''"))'\n"
        case .redis: ""
        }
    }

    /// Has the program read the file with the password.
    /// - Returns: the variable that names it, when no argument does.
    mutating func useLogin(_ path: String) -> String? {
        switch dump.server {
        case .postgresql: return "PGPASSFILE"
        case .mariadb: login = ["--defaults-extra-file=\(path)"]
        case .mongodb: login = ["--config=\(path)"]
        case .redis: break
        }
        return nil
    }
}
