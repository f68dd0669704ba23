internal import ArgumentParser
internal import Jobs

/// The command `dunnage ack`.
struct AcknowledgeCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Says that a version in quarantine is all right, so that old versions may be deleted again.",
        usage: "dunnage ack <job> --config <file> [--reason <text>] [<options>]")

    @Argument(help: "The job.", completion: .custom(JobNameCompletion.names))
    var job: String

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("Why it is all right, for those who wonder later.", valueName: "text"))
    var reason: String?

    @Flag(help: "Only show what is in quarantine.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try AcknowledgeAction(
            job: job, input: configuration.input, reason: reason, isDryRun: dryRun, json: json
        ).perform(program)
    }
}
