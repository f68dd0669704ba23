internal import ArgumentParser
internal import Jobs

/// The command `dunnage history`.
struct HistoryCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists runs, and moments at which a run was due and there was none, newest first.")

    @Argument(
        help: ArgumentHelp("The job; all of them unless told.", valueName: "job"),
        completion: .custom(JobNameCompletion.names))
    var job: String?

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("How many lines at most.", valueName: "number"))
    var limit = 20

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try HistoryAction(configuration: configuration.input, job: job, limit: limit, json: json).perform(program)
    }
}
