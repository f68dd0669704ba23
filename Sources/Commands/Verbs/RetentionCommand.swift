internal import ArgumentParser
internal import Jobs

/// The commands `dunnage retention …`.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Shows, foresees and applies what a job's `retention` says.",
        subcommands: [RetentionShowCommand.self, RetentionSimulateCommand.self, RetentionApplyCommand.self])
}

/// Which rules a command looks at.
struct PolicyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tiers instead of the job's retention: \"7d:1d,4w:1w\", or as Duplicati writes them: \"7D:1D,4W:1W\".",
            valueName: "tiers"))
    var policy: String?
}

/// The command `dunnage retention show`.
struct RetentionShowCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Says of every version whether it stays, and why.",
        usage: """
            dunnage retention show <job> --config <file> [--policy <tiers>] [<options>]
            dunnage retention show --store <url> --policy <tiers> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var rules: PolicyOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RetentionShowAction(
            store: try StoreChoice(store, words: words, patterns: .none), policy: rules.policy, json: json
        ).perform(program)
    }
}

/// The command `dunnage retention simulate`.
struct RetentionSimulateCommand: ProgramCommand {
    /// How the simulation is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case svg
    }

    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Foresees which versions there will be at a date, and when each one goes.",
        usage: """
            dunnage retention simulate <job> --config <file> --until <date> [--every <duration>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var rules: PolicyOption

    @Option(help: ArgumentHelp("The end: a date or time.", valueName: "date"))
    var until: String

    @Option(
        help: ArgumentHelp("How often a version is made: 1d, 6h; as until now, unless told.", valueName: "duration"))
    var every: String?

    @Option(help: ArgumentHelp("text, json or svg (a picture: a timeline).", valueName: "format"))
    var format: Format?

    @Flag(help: "Print JSON: the same as --format json.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if json, format != nil, format != .json {
            throw ValidationError("'--json' and '--format' contradict each other.")
        }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RetentionSimulateAction(
            store: try StoreChoice(store, words: words, patterns: .none), policy: rules.policy, until: until,
            every: every, format: format ?? (json ? .json : .text)
        ).perform(program)
    }
}

/// The command `dunnage retention apply`.
struct RetentionApplyCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Deletes the versions that retention does not keep.",
        usage: "dunnage retention apply <job> --config <file> [--dry-run] [--confirm <n> | --yes] [<options>]")

    @Argument(help: ArgumentHelp("The job.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var confirmation: ConfirmationOptions

    @Option(help: ArgumentHelp("Delete exactly that many versions, also more than max_delete allows.", valueName: "n"))
    var confirm: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if store.store != nil { throw ValidationError("'--store' has no retention; name a job with '--config'.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RetentionApplyAction(
            store: try StoreChoice(store, words: words, patterns: .none), confirmed: confirm,
            isConfirmed: confirmation.yes, isDryRun: confirmation.dryRun, json: json
        ).perform(program)
    }
}
