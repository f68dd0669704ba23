internal import ArgumentParser
internal import Jobs

/// The command `dunnage schedule`.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Shows what schedules mean.", subcommands: [ScheduleNextCommand.self])
}

/// The command `dunnage schedule next`.
struct ScheduleNextCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "Lists the next moments at which jobs are due.")

    @Argument(
        help: ArgumentHelp("The jobs; all that are enabled unless told.", valueName: "job"),
        completion: .custom(JobNameCompletion.names))
    var jobs: [String] = []

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("How many moments.", valueName: "number"))
    var count = 10

    @Flag(help: "Only moments at which more jobs begin within a minute than may run at the same time.")
    var collisions = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count is a number from 1 to 10000.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ScheduleNextAction(
            configuration: configuration.input, jobs: jobs, count: count, onlyCollisions: collisions, json: json
        ).perform(program)
    }
}
