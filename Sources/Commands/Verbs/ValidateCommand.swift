internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage validate`.
struct ValidateCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Checks a configuration and prints everything that is wrong with it.",
        discussion: """
            Touches no source, no destination and no secret. Returns 78 when the file cannot be used. \
            `dunnage explain CODE` says more about a code.
            """)

    @Argument(
        help: ArgumentHelp(
            "The configuration: files, folders of *.yaml files, or - for standard input.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    @OptionGroup
    var settings: SettingOption

    @Option(help: ArgumentHelp("text, json, sarif, github or junit.", valueName: "format"))
    var format: DiagnosticFormatArgument?

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
        try ValidateAction(
            input: ConfigurationInput(paths, settings: settings.values),
            format: (format ?? (json ? .json : .text)).format
        ).perform(program)
    }
}
