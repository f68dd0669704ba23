internal import ArgumentParser
internal import Jobs

/// The command `dunnage pause`.
struct PauseCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Has the schedule leave a job alone, or all of them, until they are resumed.",
        usage: """
            dunnage pause <job> --config <path> [--reason <text>]
            dunnage pause --all --config <path> [--reason <text>]
            """,
        discussion: "A run that is at work goes on. What is due meanwhile is in the history as skipped.")

    @Argument(
        help: ArgumentHelp("The job.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var job: String?

    @Flag(help: "All jobs, also those that are still to come.")
    var all = false

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("Why, for those who wonder later.", valueName: "text"))
    var reason: String?

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard (job != nil) != all else { throw ValidationError("Name a job, or write --all.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try PauseAction(configuration: configuration.input, job: job, change: .pause(reason: reason)).perform(program)
    }
}

/// The command `dunnage resume`.
struct ResumeCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Has the schedule take up a job again, or all of them.",
        usage: """
            dunnage resume <job> --config <path>
            dunnage resume --all --config <path>
            """)

    @Argument(
        help: ArgumentHelp("The job.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var job: String?

    @Flag(help: "All jobs, whether they were paused one by one or together.")
    var all = false

    @OptionGroup
    var configuration: ConfigurationOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard (job != nil) != all else { throw ValidationError("Name a job, or write --all.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try PauseAction(configuration: configuration.input, job: job, change: .resume).perform(program)
    }
}
