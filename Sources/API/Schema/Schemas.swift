internal import Configuration
internal import Engine
internal import JSON
internal import Ledger

/// What answers are made of, each described once under a name.
enum Schemas {
    /// Every description, in the order of their names.
    static let all: [(name: String, schema: Schema)] = [
        ("Activity", activity), ("DestinationResult", destinationResult), ("DestinationStatus", destinationStatus),
        ("Entry", entry), ("Folder", folder), ("Job", job), ("Occurrence", occurrence), ("Pause", pause),
        ("Problem", problem), ("ProblemGroup", problemGroup), ("Quarantine", quarantine), ("Restore", restore),
        ("RestoreRequest", restoreRequest), ("Run", run), ("Status", status), ("Version", version),
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.schema) })

    /// What is described under a name.
    static func named(_ name: String) -> Schema? { byName[name] }

    private static func answer(_ properties: [Schema.Property]) -> Schema { .object(properties, isOpen: true) }

    static let problem = answer([
        .init("type", .text(), "`about:blank`: the status says what kind of problem it is."),
        .init("title", .text(), "The name of the status."),
        .init("status", .integer(400...599), "The status."),
        .init("detail", .text(), "What is wrong, and what to do."),
        .init("code", .text(), "The code of a failure, for `dunnage explain`.", required: false),
    ])

    private static let kind = Schema.word(RunKind.allCases.map(\.rawValue))

    static let pause = answer([
        .init("since", .moment, "Since when."), .init("reason", .nullable(.text()), "Why, in somebody's words."),
    ])

    static let activity = answer([
        .init("run", .text(.identifier), "The run."), .init("job", .text(.name), "The job."),
        .init("kind", kind, "What it does."),
        .init("started", .moment, "When it began."),
        .init("trigger", .word(RunTrigger.allCases.map(\.rawValue)), "What made it begin."),
        .init("stopping", .boolean, "Whether it was asked to stop."),
        .init("phase", .nullable(.word(RunProgress.Phase.allCases.map(\.word))), "What it does."),
        .init("entries", .integer(0 ... .max), "Files and folders looked at so far."),
        .init("total_entries", .integer(0 ... .max), "How many there will be; 0 while unknown."),
        .init("bytes", .integer(0 ... .max), "Bytes read so far."),
        .init("total_bytes", .integer(0 ... .max), "How many there will be; 0 while unknown."),
        .init("transferred_bytes", .integer(0 ... .max), "Bytes sent to destinations or fetched from them."),
        .init("retries", .integer(0 ... .max), "Calls that were made again after a failure."),
    ])

    static let quarantine = answer([
        .init("destination", .text(), "The destination."), .init("since", .moment, "Since when."),
        .init("version", .nullable(.moment), "The version."),
        .init("findings", .list(.text()), "What is not as expected."),
    ])

    static let destinationStatus = answer([
        .init("name", .text(), "The destination."),
        .init("last_success", .nullable(.moment), "When the last run with a complete version began."),
        .init("last_success_run", .nullable(.text(.identifier)), "That run."),
        .init("version", .nullable(.moment), "The newest good version."),
        .init("age_seconds", .nullable(.integer(0 ... .max)), "How old that is."),
        .init("overdue", .boolean, "Whether it is older than `slo.rpo` allows."),
        .init("last_run", .nullable(.moment), "When the last run ended there."),
        .init("last_run_id", .nullable(.text(.identifier)), "That run."),
        .init("last_result", .nullable(.word(RunState.allCases.map(\.rawValue))), "How it ended there."),
        .init("last_verified", .nullable(.moment), "When objects were read back last, and all were good."),
        .init("damage_found", .boolean, "Whether some were missing or damaged the last time."),
    ])

    static let job = answer([
        .init("job", .text(.name), "Its name."), .init("description", .nullable(.text()), "What it is for."),
        .init("labels", .anything, "Names and values of its owner."),
        .init("enabled", .boolean, "Whether it runs without being named."),
        .init("running", .boolean, "Whether a run is at work, also one of another process."),
        .init("current", .nullable(.named("Activity")), "The run of this service that is at work."),
        .init("paused", .nullable(.named("Pause")), "Since when its schedule rests, alone or with all others."),
        .init("quarantined", .list(.named("Quarantine")), "Versions that wait for `dunnage ack`."),
        .init("next_run", .nullable(.moment), "When it is due next."),
        .init("next_check", .nullable(.moment), "When what is stored is read back next, beside the backups."),
        .init("last_proof", .nullable(.moment), "When what is stored was last proven good."),
        .init(
            "verified_within_seconds", .nullable(.integer(0 ... .max)), "How long ago that may be."),
        .init("unproven", .boolean, "Whether it is longer ago."),
        .init("rpo_seconds", .nullable(.integer(0 ... .max)), "How old its newest version may become."),
        .init("destinations", .list(.named("DestinationStatus")), "How it stands at each."),
    ])

    static let status = answer([
        .init("schema", .text(), "`urn:dunnage:service:v1`."),
        .init("instance", .text(), "The name of the installation."),
        .init("version", .text(), "The program's version."),
        .init("started", .moment, "When the service began."),
        .init("looked", .nullable(.moment), "When it last looked at its schedules."),
        .init("config", .text(), "The fingerprint of the configuration."),
        .init("configured", .moment, "When that was taken over."),
        .init("reload_error", .nullable(.text()), "Why newer files were not taken over."),
        .init("ledger_error", .nullable(.text()), "Why the ledger cannot be used."),
        .init("stopping", .boolean, "Whether it was asked to end."),
        .init("paused", .nullable(.named("Pause")), "Since when all jobs rest."),
        .init("running", .list(.named("Activity")), "What is at work."),
        .init(
            "waiting",
            .list(
                answer([
                    .init("run", .text(.identifier), "The run."), .init("job", .text(.name), "The job."),
                ])), "Runs that were asked for and wait for room."),
        .init("jobs", .list(.named("Job")), "Every job."),
    ])

    static let destinationResult = answer([
        .init("name", .text(), "The destination."),
        .init("state", .word(RunState.allCases.map(\.rawValue)), "How it ended there."),
        .init("version", .nullable(.moment), "The version that was made; `null` when nothing had changed."),
        .init("partial", .boolean, "Whether that version lacks something."),
        .init("uploaded_bytes", .integer(0 ... .max), "Bytes sent."),
        .init("stored_bytes", .nullable(.integer(0 ... .max)), "Bytes there at the end."),
        .init("versions", .nullable(.integer(0 ... .max)), "Versions there at the end."),
        .init("retries", .integer(0 ... .max), "Calls that were made again."),
        .init("duration_ms", .integer(0 ... .max), "How long it took."),
        .init("code", .nullable(.text()), "The code of the failure."),
        .init("message", .nullable(.text()), "The failure in words."),
    ])

    static let run = answer([
        .init("id", .text(.identifier), "Its identifier; sorts by time."), .init("job", .text(), "The job."),
        .init("kind", kind, "What it does."),
        .init("trigger", .word(RunTrigger.allCases.map(\.rawValue)), "What made it begin."),
        .init("attempt", .integer(1 ... .max), "Which attempt it is."),
        .init("due", .nullable(.moment), "The moment of the schedule that it is for."),
        .init("started", .nullable(.moment), "When it began; `null` while it waits for room."),
        .init("state", .word(["waiting"] + RunState.allCases.map(\.rawValue)), "How it stands, or ended."),
        .init("config", .text(), "The fingerprint of the configuration."),
        .init("current", .nullable(.named("Activity")), "How far it has come, while it is at work.", required: false),
        .init("finished", .moment, "When it ended.", required: false),
        .init("duration_ms", .integer(), "How long it took.", required: false),
        .init("reason", .nullable(.text()), "What stopped it, or why it was skipped.", required: false),
        .init("exit_code", .integer(), "What a process would have returned.", required: false),
        .init("code", .nullable(.text()), "The code of the failure.", required: false),
        .init("message", .nullable(.text()), "The failure in words.", required: false),
        .init("files", .nullable(.integer()), "Files at the sources.", required: false),
        .init("bytes", .nullable(.integer()), "Their bytes.", required: false),
        .init("warnings", .integer(), "How many warnings there were.", required: false),
        .init("destinations", .list(.named("DestinationResult")), "What came of each.", required: false),
    ])

    static let occurrence = answer([
        .init("job", .text(), "The job."), .init("kind", kind, "What the run was to do."),
        .init("due", .moment, "When a run was due; the first of several."),
        .init("last", .moment, "The last of several."), .init("count", .integer(1 ... .max), "How many."),
        .init("state", .word(Occurrence.State.allCases.map(\.rawValue)), "What became of it."),
        .init("reason", .nullable(.text()), "Why there was no run."), .init("run", .nullable(.text()), "Its last run."),
    ])

    static let version = answer([
        .init("id", .text(.version), "Its name in paths: the time as 20261121T031826Z."),
        .init("number", .integer(0 ... .max), "Counted from the newest, which is 0."),
        .init("time", .moment, "When it was made."), .init("files", .integer(0 ... .max), "Regular files."),
        .init("folders", .integer(0 ... .max), "Folders."), .init("symlinks", .integer(0 ... .max), "Links."),
        .init("bytes", .integer(0 ... .max), "Bytes of all files."),
        .init("full", .boolean, "False when its run was stopped before it had seen everything."),
    ])

    static let entry = answer([
        .init("name", .text(), "The last part of the path."),
        .init("path", .text(), "The path; folders end with a separator."),
        .init(
            "path_base64", .text(.base64), "The bytes of a path that is no UTF-8, for the parameter of that name.",
            required: false),
        .init("type", .word(EntryWords.all), "What it is."),
        .init("size", .nullable(.integer(0 ... .max)), "Bytes of a file."),
        .init("modified", .nullable(.moment), "When it was last changed, where that is known."),
    ])

    static let folder = answer([
        .init("job", .text(.name), "The job."), .init("destination", .text(), "The destination."),
        .init("version", .named("Version"), "The version."), .init("path", .text(), "The folder."),
        .init("entries", .list(.named("Entry")), "What is in it, by name."),
        .init("next", .nullable(.text(.base64)), "The `cursor` of the next page; `null` on the last."),
    ])

    static let restoreRequest = Schema.object([
        .init(
            "target", .text(.localPath, longest: 4096),
            "The folder to restore into: one of `runtime.api.restore_roots`, or below one."),
        .init("version", .text(.version), "Which version; `newest` unless told.", required: false),
        .init("destination", .text(.name), "From where; the job's first destination unless told.", required: false),
        .init(
            "paths", .list(.text(.path, longest: 4096), longest: 1000),
            "Complete paths of files and folders; everything unless told. `*` and `?` stand for other characters.",
            required: false),
        .init(
            "overwrite", .word(OverwriteRule.allCases.map(\.rawValue)),
            "What becomes of files that are there and differ; `never` unless told.", required: false),
        .init("dry_run", .boolean, "Whether only to say what would be done.", required: false),
    ])

    static let problemGroup = answer([
        .init("code", .text(), "What kind of problem."),
        .init("severity", .word(["warning", "error"]), "How grave it is."),
        .init("message", .text(), "What happened."), .init("count", .integer(1 ... .max), "How often."),
        .init("sample", .list(.text()), "Some paths or objects."),
    ])

    static let restore = answer([
        .init("id", .text(.identifier), "Its identifier."), .init("job", .text(.name), "The job."),
        .init("destination", .text(), "From where."),
        .init("asked_version", .text(), "The version that was asked for."),
        .init("target", .text(), "The folder."),
        .init("paths", .list(.text()), "What of it; nothing means everything."),
        .init("overwrite", .word(OverwriteRule.allCases.map(\.rawValue)), "What becomes of files that are there."),
        .init("dry_run", .boolean, "Whether only what would be done is said."),
        .init("state", .word(RestoreTask.State.allCases.map(\.rawValue)), "How it stands, or ended."),
        .init("asked", .moment, "When it was asked for."), .init("finished", .nullable(.moment), "When it ended."),
        .init("phase", .nullable(.word(RunProgress.Phase.allCases.map(\.word))), "What it does."),
        .init("bytes", .integer(0 ... .max), "Bytes written so far."),
        .init("total_bytes", .integer(0 ... .max), "How many there will be; 0 while unknown."),
        .init("code", .nullable(.text()), "The code of the failure."),
        .init("message", .nullable(.text()), "The failure in words."),
        .init("summary", .nullable(.anything), "The figures, as `dunnage restore --json` has them."),
        .init("problems", .list(.named("ProblemGroup")), "What could not be restored as it was."),
    ])
}
