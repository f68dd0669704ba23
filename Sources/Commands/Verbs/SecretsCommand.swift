internal import ArgumentParser
internal import Jobs

/// The command `dunnage secret`.
struct SecretsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Looks after the secrets of a configuration.",
        subcommands: [CheckCommand.self])

    /// The command `dunnage secret check`.
    struct CheckCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Fetches secrets and says where each comes from and about how long it is; never a value.",
            discussion: """
                Returns 0 when all can be had, 75 when those that cannot may be there later, such as from a server that \
                does not answer, and 78 otherwise.
                """)

        @Argument(help: ArgumentHelp("Only these; all unless given.", valueName: "name"))
        var names: [String] = []

        @OptionGroup
        var configuration: ConfigurationOption

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            try SecretCheckAction(input: configuration.input, names: names, json: json).perform(program)
        }
    }
}
