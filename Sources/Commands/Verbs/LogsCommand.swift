internal import ArgumentParser
internal import Jobs

/// The command `dunnage logs`.
struct LogsCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Prints the log of a run.")

    @Argument(help: ArgumentHelp("The run's identifier, or enough of its beginning.", valueName: "run"))
    var run: String

    @OptionGroup
    var configuration: ConfigurationOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try LogsAction(configuration: configuration.input, run: run).perform(program)
    }
}
