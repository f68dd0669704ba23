internal import ArgumentParser
internal import Jobs

/// The command `dunnage report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Tries receivers of reports out, and shows what waits for them.",
        subcommands: [ReportTestCommand.self, ReportOutboxCommand.self])
}

/// The command `dunnage report test`.
struct ReportTestCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Sends a report as it might be, and says what the receiver answered.",
        discussion: """
            The report goes out once and at once, whatever the receiver's events are. Returns 0 when it was taken, \
            75 when trying again later may help, and 1 when it was refused.
            """)

    @Argument(help: ArgumentHelp("The receiver's name in the configuration.", valueName: "name"))
    var name: String

    @Option(
        help: ArgumentHelp("What the report tells of: start, success, warning, failure, missed, …", valueName: "event"))
    var event = "failure"

    @Option(
        help: ArgumentHelp("The job that it tells of; the first that has the receiver unless told.", valueName: "job"),
        completion: .custom(JobNameCompletion.names))
    var job: String?

    @OptionGroup
    var configuration: ConfigurationOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ReportTestAction(name: name, event: event, job: job, configuration: configuration.input, json: json)
            .perform(program)
    }
}

/// The command `dunnage report outbox`.
struct ReportOutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Shows and delivers the reports that have not reached their receivers.",
        subcommands: [OutboxListCommand.self, OutboxFlushCommand.self, OutboxDropCommand.self],
        defaultSubcommand: OutboxListCommand.self)
}

/// The command `dunnage report outbox list`.
struct OutboxListCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists what waits, and what was given up.")

    @OptionGroup
    var configuration: ConfigurationOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try OutboxAction(configuration: configuration.input, json: json).list(program)
    }
}

/// The command `dunnage report outbox flush`.
struct OutboxFlushCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "flush", abstract: "Tries to deliver everything that waits, now.",
        discussion: "Returns 0 when nothing is left, 75 when something still waits, and 1 when something was given up.")

    @OptionGroup
    var configuration: ConfigurationOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try OutboxAction(configuration: configuration.input, json: json).flush(program)
    }
}

/// The command `dunnage report outbox drop`.
struct OutboxDropCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Gives a report up that waits; the next report says so.")

    @Argument(help: ArgumentHelp("Its number, as `list` shows it.", valueName: "number"))
    var number: Int64

    @OptionGroup
    var configuration: ConfigurationOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try OutboxAction(configuration: configuration.input, json: false).drop(number, program)
    }
}
