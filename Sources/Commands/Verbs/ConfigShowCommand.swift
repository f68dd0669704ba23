internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage config show`.
struct ConfigShowCommand: ProgramCommand {
    /// How the values are written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints all values as they hold in the end, with files, variables and flags put together.",
        discussion: """
            What is printed is a configuration that means the same. Secrets are shown as references, and credentials \
            that are written in place as dots.
            """)

    @Argument(
        help: ArgumentHelp(
            "The configuration: files, folders of *.yaml files, or - for standard input.", valueName: "path"))
    var paths: [String]

    @OptionGroup
    var settings: SettingOption

    @Flag(help: "Say where each value comes from, and show the program's own defaults too.")
    var origin = false

    @Option(help: ArgumentHelp("How the values are written: yaml or json.", valueName: "format"))
    var format = Format.yaml

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ConfigShowAction(
            input: ConfigurationInput(paths, settings: settings.values), showsOrigins: origin, format: format
        ).perform(program)
    }
}
