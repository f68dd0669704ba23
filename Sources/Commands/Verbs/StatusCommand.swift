internal import ArgumentParser
internal import Jobs

/// The command `dunnage status`.
struct StatusCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how old the newest good version of each job is at each destination, and when it runs next.")

    @Argument(
        help: ArgumentHelp("The job; all of them unless told.", valueName: "job"),
        completion: .custom(JobNameCompletion.names))
    var job: String?

    @OptionGroup
    var configuration: ConfigurationOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try StatusAction(configuration: configuration.input, job: job, json: json).perform(program)
    }
}
