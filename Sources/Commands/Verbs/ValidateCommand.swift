internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage validate`.
struct ValidateCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Checks a configuration and prints everything that is wrong with it.",
        discussion: "Touches no source, no destination and no secret. Returns 78 when the file cannot be used.")

    @Argument(
        help: ArgumentHelp(
            "The configuration: files, folders of *.yaml files, or - for standard input.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    @OptionGroup
    var settings: SettingOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ValidateAction(input: ConfigurationInput(paths, settings: settings.values), json: json).perform(program)
    }
}
