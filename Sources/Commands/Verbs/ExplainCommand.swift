internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage explain`.
struct ExplainCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says which line of the configuration keeps a path in or out, and which versions hold it.",
        discussion: "Looks at the path as the next backup would; changes nothing.")

    @Argument(help: ArgumentHelp("The file or folder; one that ends with / is a folder.", valueName: "path"))
    var subject: String

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("The job; all that the path concerns unless told.", valueName: "name"))
    var job: String?

    @Option(
        help: ArgumentHelp(
            "The job's destination to look for versions in; its first one unless told.", valueName: "name"))
    var destination: String?

    @Flag(help: "Look at the configuration and the files only, at no store.")
    var offline = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if subject.isEmpty { throw ValidationError("The path is empty. \(StoreChoice.hint)") }
        if offline, destination != nil {
            throw ValidationError("'--offline' and '--destination' exclude each other.")
        }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ExplainPathAction(
            path: subject, input: configuration.input, job: job, destination: destination, isOffline: offline,
            json: json
        ).perform(program)
    }
}
