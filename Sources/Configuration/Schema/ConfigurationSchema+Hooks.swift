/// What happens around a backup: `hooks`.
extension ConfigurationSchema {
    static let hooks = ObjectShape(
        keys: [
            hookList(
                "before", "What is done before the sources are read, in order; a failure keeps the backup from running."
            ),
            hookList("after", "What is done after a backup that succeeded, warnings or not."),
            hookList("on_failure", "What is done after a run that failed."),
            hookList("finally", "What is done after every run, whatever came of it."),
        ],
        foreign: [
            "on_error": "write `on_failure:`", "error": "write `on_failure:`", "after_success": "write `after:`",
            "pre": "write `before:`",
            "post": "write `after:`, or `finally:` for every run",
            "run_before": "write `before: [{ command: [PROGRAM] }]`",
            "run_after": "write `after: [{ command: [PROGRAM] }]`",
            "run_finally": "write `finally: [{ command: [PROGRAM] }]`",
            "run_after_fail": "write `on_failure: [{ command: [PROGRAM] }]`", "before_backup": "write `before:`",
            "after_backup": "write `after:`", "success": "write `after:`", "failure": "write `on_failure:`",
            "always": "write `finally:`",
        ])

    private static func hookList(_ name: String, _ summary: String) -> ObjectShape.Key {
        .init(name, .list(of: .object(hook), minimum: 1), summary)
    }

    private static let actions: [ObjectShape.Key] = [
        .init(
            "command", .list(of: .value(.argument), minimum: 1), "A program and its arguments; no shell reads them.",
            advice: "add `command: [PROGRAM, ARGUMENT]`"),
        .init("docker_exec", .object(dockerExec), "A command in a running container."),
        .init("http", .object(httpCall), "A request to a web service."),
    ]

    static let hook = ObjectShape(
        keys: [.init("name", .value(.text), "What it is called in logs and reports.", absent: "its command")] + actions
            + [
                .init(
                    "docker_stop", .object(dockerStop),
                    "Containers that are stopped until the sources are read, and then started again, also after a crash."
                ),
                .init(
                    "environment", .named(variables),
                    "All that the command has in its environment, besides `PATH`; a text or `{ secret: NAME }`."),
                .init("timeout", .value(.duration), "How long it may take.", absent: "`60s`"),
                .init(
                    "on_failure",
                    .value(
                        .word(
                            HookSpecification.FailureAction.allCases.map { $0.rawValue },
                            foreign: [
                                "ignore": "write `warn`", "continue": "write `warn`", "cancel": "write `skip`",
                                "abort": "write `fail`", "error": "write `fail`", "fatal": "write `fail`",
                                "skip_job": "write `skip`",
                            ])),
                    "What becomes of the run when it fails: `fail`, `warn`, or `skip` the run as if it were not due.",
                    absent: "`fail`"),
                .init(
                    "skip_status", .value(.integer(1...255)),
                    "The exit status by which the command, before a backup, asks for the run to be skipped: `75`.",
                    absent: "none"),
                .init(
                    "protocol",
                    .value(
                        .word(
                            HookSpecification.ScriptProtocol.allCases.map { $0.rawValue },
                            foreign: ["run_script": "write `duplicati`", "none": "write `plain`"])),
                    "What the command says by its status and output: `plain`, or as a script of Duplicati's (`duplicati`).",
                    absent: "`plain`"),
                .init(
                    "undo", .object(undo),
                    "What takes it back: when the sources are read, and at the next start when the program died before."
                ),
            ], name: "hook", alternatives: ["command", "docker_exec", "docker_stop", "http"], needsAlternative: true,
        companions: ["environment": "command", "skip_status": "command", "protocol": "command"],
        foreign: foreignHookKeys.merging([
            "skip_exit_code": "write `skip_status: 75`", "exit_codes": "write `protocol: duplicati`",
            "run_script_timeout": "write `timeout: 60s`",
        ]) { own, _ in own })

    static let undo = ObjectShape(
        keys: actions + [
            .init(
                "environment", .named(variables),
                "All that the command has in its environment, besides `PATH`; a text or `{ secret: NAME }`."),
            .init("timeout", .value(.duration), "How long it may take.", absent: "`60s`"),
        ], alternatives: ["command", "docker_exec", "http"], needsAlternative: true,
        companions: ["environment": "command"], foreign: foreignHookKeys)

    private static let foreignHookKeys = [
        "run": "write `command: [PROGRAM, ARGUMENT]`", "exec": "write `command: [PROGRAM, ARGUMENT]`",
        "cmd": "write `command: [PROGRAM, ARGUMENT]`",
        "shell": "write `command: [sh, -c, \"…\"]`", "script": "write `command: [sh, -c, \"…\"]`",
        "container": "write `docker_exec: { container: NAME, command: […] }`",
        "url": "write `http: { url: https://… }`", "docker": "write `docker_exec:` or `docker_stop:`",
        "env": "write `environment: { NAME: … }`",
        "stop_during_backup": "write `docker_stop: { containers: [NAME] }`",
        "ignore_errors": "write `on_failure: warn`",
        "on_error": "write `on_failure: fail`, `warn` or `skip`",
        "states": "put it below `after:`, `on_failure:` or `finally:`", "rollback": "write `undo:`",
    ]

    static let variables = NamedShape(
        noun: "variable", rule: "a variable's name has letters, digits and `_`, and no digit first",
        isValid: { ValueKind.variableName.check($0) == nil }, minimum: 0,
        value: .oneOf(value: .option, list: nil, object: credential), pattern: "[A-Za-z_][A-Za-z0-9_]*")

    static let dockerExec = ObjectShape(
        keys: [
            .init(
                "container", .value(.dockerName), required: true,
                "The container's name, or `SERVICE` of its compose project.", advice: "add `container: NAME`"),
            .init(
                "command", .list(of: .value(.argument), minimum: 1), required: true, "The program and its arguments.",
                advice: "add `command: [PROGRAM, ARGUMENT]`"),
            .init("user", .value(.dockerName), "The user in the container.", absent: "the container's"),
        ],
        foreign: [
            "name": "write `container: NAME`", "service": "write `container: NAME`",
            "cmd": "write `command: [PROGRAM, ARGUMENT]`",
        ])

    static let dockerStop = ObjectShape(
        keys: [
            .init("containers", .list(of: .value(.dockerName), minimum: 1), "The containers' names."),
            .init("label", .value(.text), "The label, as `NAME` or `NAME=VALUE`, of the containers."),
            .init(
                "mode", .value(.word(HookSpecification.StopMode.allCases.map { $0.rawValue })),
                "Whether they are stopped (`stop`) or frozen (`pause`).", absent: "`stop`"),
            .init(
                "grace", .value(.duration), "How long a container may take to stop before it is killed.",
                absent: "the container's"),
        ], alternatives: ["containers", "label"], needsAlternative: true,
        foreign: [
            "container": "write `containers: [NAME]`", "labels": "write `label: NAME=VALUE`",
            "timeout": "write `grace: 30s` here; `timeout` stands beside `docker_stop`",
            "services": "write `containers: [NAME]`",
        ])

    static let httpCall = ObjectShape(
        keys: [
            .init(
                "url", .oneOf(value: .webURL, list: nil, object: credential), required: true,
                "Where it goes; `{job}` becomes the job's name.",
                advice: "add `url: https://…`"),
            .init(
                "method", .value(.word(HookSpecification.HTTPMethod.allCases.map { $0.rawValue })),
                "`GET`, `POST` or `PUT`.", absent: "`GET`, or `POST` with a body"),
            .init("headers", .named(headers), "Headers of the request; a text or `{ secret: NAME }`."),
            .init("body", .value(.option), "What is sent."),
            .init("expect", .value(.integer(100...599)), "The status that means success.", absent: "200 to 299"),
        ])

    static let headers = NamedShape(
        noun: "header", rule: "a header's name has letters, digits and `-`", isValid: { Names.isHeader($0) },
        minimum: 1,
        value: .oneOf(value: .option, list: nil, object: credential), pattern: "[A-Za-z0-9-]+")
}
