/// What is backed up: `sources` and `selection`.
extension ConfigurationSchema {
    static let source = ObjectShape(
        keys: [
            .init(
                "path", .value(.absolutePath), required: true,
                "The absolute path of a folder or file; with `command`, of the file that its output becomes.",
                advice: "write `- path: /folder`"),
            .init(
                "if_missing", .value(.word(SourceSpecification.Absence.allCases.map { $0.rawValue })),
                "What comes of a path that does not exist: `warn`, `fail` or `ignore`.", absent: "`warn`"),
            .init(
                "command", .list(of: .value(.argument), minimum: 1),
                "A program and its arguments, whose standard output is backed up; no shell reads them.",
                advice: "add `command: [PROGRAM, ARGUMENT]`"),
            .init(
                "environment", .named(variables),
                "All that the command has in its environment, besides `PATH`; a text or `{ secret: NAME }`."),
            .init(
                "timeout", .value(.duration), "How long the command may take before it is stopped and the run fails.",
                absent: "no limit"),
            .init(
                "require_mountpoint", .value(.boolean),
                "Whether something must be mounted there, so that a disk that is not is a failure.", absent: "`false`"),
        ] + dumps, alternatives: outputKeys, companions: ["environment": "command", "timeout": "command"],
        foreign: [
            "required": "write `if_missing: fail`", "allow_missing": "write `if_missing: ignore`",
            "env": "write `environment: { NAME: … }`", "args": "write all of it in `command: [PROGRAM, ARGUMENT]`",
            "postgres": "write `path: /dumps/app.pgdump` and `postgresql: { database: app }`",
            "postgresql_databases": "write `path: /dumps/app.pgdump` and `postgresql: { database: app }`",
            "mysql": "write `path: /dumps/app.sql` and `mariadb: { database: app }`",
            "mysql_databases": "write `path: /dumps/app.sql` and `mariadb: { database: app }`",
            "mariadb_databases": "write `path: /dumps/app.sql` and `mariadb: { database: app }`",
            "mongodb_databases": "write `path: /dumps/app.archive` and `mongodb: { database: app }`",
            "sqlite_databases": "write `path: /dumps/app.db` and `sqlite: { database: /data/app.db }`",
            "container": "write `docker_exec: { container: NAME, command: […] }`",
            "one_filesystem": "write `selection: { one_file_system: true }` in the job",
            "name": "a source is told by its `path`", "require_mount": "write `require_mountpoint: true`",
            "shell": "write `command: [sh, -c, \"…\"]`", "stdin_command": "write `command: [PROGRAM, ARGUMENT]`",
        ])

    static let selection = ObjectShape(
        keys: [
            .init(
                "one_file_system", .value(.boolean),
                "Leaves out what is mounted below a source; the mount points are kept as empty folders.",
                absent: "false"),
            .init(
                "exclude_if_present", .list(of: .value(.fileName), minimum: 0),
                "Leaves out a folder, with everything in it, that has a file with one of these names.",
                absent: "none"),
            .init(
                "exclude_caches", .value(.boolean),
                "Leaves out folders with a `CACHEDIR.TAG` that has the signature of a cache.", absent: "false"),
            .init(
                "exclude_larger_than", .value(.size(0...Int64.max)), "Leaves out files that are larger.",
                absent: "no limit"),
            .init(
                "exclude_empty_folders", .value(.boolean), "Leaves out folders that nothing is stored of.",
                absent: "false"),
            .init(
                "exclude_attributes",
                .list(
                    of: .value(.word(SelectionSpecification.Attribute.allCases.map { $0.rawValue })), minimum: 0),
                "Leaves out what is `hidden` (its name begins with a dot) or has `nodump` (`chattr +d`).",
                absent: "none"),
            .init(
                "hardlinks", .value(.word(SelectionSpecification.HardLinks.allCases.map { $0.rawValue })),
                "Of files with several names, stores `all`, the `first`, or `none`.", absent: "`all`"),
            .init(
                "symlinks", .value(.word(SelectionSpecification.Symlinks.allCases.map { $0.rawValue })),
                "Of symbolic links, stores the link (`store`), what it leads to (`follow`), or nothing (`ignore`).",
                absent: "`store`"),
        ],
        foreign: [
            "ignore_filenames": "write `exclude_if_present: [.nobackup]`",
            "skip_files_larger_than": "write `exclude_larger_than: 20GiB`",
            "hardlink_policy": "write `hardlinks: first`", "symlink_policy": "write `symlinks: follow`",
            "exclude_files_attributes": "write `exclude_attributes: [hidden]`",
            "exclude_cache": "write `exclude_caches: true`",
        ])

    /// What stands below `selection`, where other programs have it in the job itself.
    static let foreignSelectionKeys = Dictionary(
        uniqueKeysWithValues: selection.keys.map { ($0.name, "write `selection: { \($0.name): … }`") })
}
