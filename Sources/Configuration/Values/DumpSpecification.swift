public import Secrets

/// Something whose output is backed up as a file, and that Dunnage knows how to ask for it.
public enum DumpSpecification: Sendable, Hashable {
    /// A command in a running container.
    case container(ContainerCommand)
    /// A database server's own program.
    case database(DatabaseDump)
    /// A consistent copy of an SQLite file, by its path.
    case sqlite(String)

    /// A command in a running container whose standard output is backed up.
    public struct ContainerCommand: Sendable, Hashable {
        /// The container's name, or that of a service of a compose project.
        public let container: String
        /// The program and its arguments.
        public let arguments: [String]
        /// Who runs it there.
        public let user: String?
        /// How long it may take.
        public let timeout: CalendarDuration?
    }
}

/// A database that a server's own program dumps.
public struct DatabaseDump: Sendable, Hashable {
    /// Which kind of server.
    public enum Server: String, Sendable, Hashable, CaseIterable {
        /// `pg_dump`, or `pg_dumpall` without a database.
        case postgresql
        /// `mariadb-dump` or `mysqldump`.
        case mariadb
        /// `mongodump`.
        case mongodb
        /// `redis-cli --rdb`.
        case redis
    }

    /// The form of a PostgreSQL dump.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// For `pg_restore`.
        case custom
        /// SQL.
        case plain
        /// For `pg_restore`, as a tar archive.
        case tar
    }

    /// Which kind of server.
    public let server: Server
    /// The database; all of them when nil.
    public let database: String?
    /// The server's name or address, or the folder or path of its socket.
    public let host: String?
    /// Its port.
    public let port: Int?
    /// Who logs in.
    public let username: String?
    /// With which password.
    public let password: SecretReference?
    /// The database that has the user, of MongoDB.
    public let authenticationDatabase: String?
    /// The form of a PostgreSQL dump.
    public let format: Format
    /// Further arguments of the program.
    public let options: [String]
    /// The program, by its name or path, when it is another than the usual one.
    public let tool: String?
    /// The container that has the program.
    public let container: String?
    /// How long it may take.
    public let timeout: CalendarDuration?
}
