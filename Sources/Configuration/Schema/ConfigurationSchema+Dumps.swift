/// Sources whose output is backed up, and that Dunnage knows how to ask for: `sources[].postgresql` and so on.
extension ConfigurationSchema {
    /// The keys by which a source is the output of something.
    static let outputKeys = ["command", "docker_exec", "postgresql", "mariadb", "mongodb", "redis", "sqlite"]

    static let dumps: [ObjectShape.Key] = [
        .init(
            "docker_exec", .object(containerDump),
            "A command in a running container, whose standard output is backed up."),
        .init("postgresql", .object(postgresql), "A PostgreSQL database, or all of a server."),
        .init("mariadb", .object(mariadb), "A MariaDB or MySQL database, or all of a server."),
        .init("mongodb", .object(mongodb), "A MongoDB database, or all of a server."),
        .init("redis", .object(redis), "All of a Redis server."),
        .init("sqlite", .object(sqlite), "A consistent copy of an SQLite file, also while it is written to."),
    ]

    private static let containerDump = ObjectShape(
        keys: dockerExec.keys + [timeout], foreign: dockerExec.foreign)

    private static let postgresql = ObjectShape(
        keys: [database("The database; `pg_dumpall` dumps all of them.")] + server + [
            .init(
                "format",
                .value(
                    .word(
                        DatabaseDump.Format.allCases.map { $0.rawValue },
                        foreign: ["sql": "write `plain`", "directory": "a folder is no stream; write `custom`"])),
                "`custom` or `tar` for `pg_restore`, `plain` for `psql`; never compressed, so that what stays is stored once.",
                absent: "`custom`, or `plain` without `database`")
        ] + program("`pg_dump` or `pg_dumpall`"), companions: ["format": "database"], foreign: foreignServerKeys)

    private static let mariadb = ObjectShape(
        keys: [database("The database; all of them unless told.")] + server
            + program("`mariadb-dump`, else `mysqldump`"),
        foreign: foreignServerKeys)

    private static let mongodb = ObjectShape(
        keys: [database("The database; all of them unless told.")] + server + [
            .init(
                "authentication_database", .value(.dockerName), "The database that has the user.",
                absent: "MongoDB's own")
        ] + program("`mongodump`"),
        foreign: foreignServerKeys.merging(["auth_db": "write `authentication_database`"]) { own, _ in own })

    private static let redis = ObjectShape(keys: server + program("`redis-cli`"), foreign: foreignServerKeys)

    private static let sqlite = ObjectShape(
        keys: [
            .init(
                "database", .value(.absolutePath), required: true, "The path of the database's file.",
                advice: "add `database: /folder/app.db`")
        ],
        foreign: [
            "path": "write `database: /folder/app.db`; `path` is that of the copy in the version",
            "file": "write `database: /folder/app.db`",
        ])

    private static func database(_ summary: String) -> ObjectShape.Key {
        .init("database", .value(.dockerName), summary, absent: "all databases")
    }

    private static let server: [ObjectShape.Key] = [
        .init(
            "host", .value(.dockerName), "The server's name or address, or the folder or path of its socket.",
            absent: "the program's own"),
        .init("port", .value(.integer(1...65_535)), "Its port.", absent: "the program's own"),
        .init("username", .value(.dockerName), "Who logs in.", absent: "the program's own"),
        .init(
            "password", .oneOf(value: .credential, list: nil, object: credential),
            "The password; it is never among a program's arguments."),
    ]

    private static func program(_ usual: String) -> [ObjectShape.Key] {
        [
            .init("options", .list(of: .value(.argument), minimum: 1), "Further arguments of the program."),
            .init("tool", .value(.dockerName), "The program, by its name or path.", absent: usual),
            .init(
                "container", .value(.dockerName),
                "The running container that has the program, or `SERVICE` of its compose project.",
                absent: "this machine"),
            timeout,
        ]
    }

    private static let timeout = ObjectShape.Key(
        "timeout", .value(.duration), "How long it may take before the run fails.", absent: "no limit")

    private static let foreignServerKeys = [
        "name": "write `database`", "databases": "write a source for each, with its `database`",
        "user": "write `username`", "hostname": "write `host`", "pg_dump_command": "write `tool`",
    ]
}
