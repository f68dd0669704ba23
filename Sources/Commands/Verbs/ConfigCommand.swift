internal import ArgumentParser
internal import Jobs

/// The commands `dunnage config …`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Shows and formats a configuration, and tells about its language.",
        subcommands: [
            ConfigShowCommand.self, ConfigFormatCommand.self, ConfigMigrateCommand.self, ConfigSchemaCommand.self,
            ConfigReferenceCommand.self,
        ])
}

/// The command `dunnage config schema`.
struct ConfigSchemaCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the configuration language as a JSON Schema, for editors.")

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write it to a file.", valueName: "file"))
    var file: String?

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ConfigPublishAction(kind: .schema, file: file).perform(program)
    }
}

/// The command `dunnage config reference`.
struct ConfigReferenceCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Prints every key of the configuration language, as Markdown.")

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write it to a file.", valueName: "file"))
    var file: String?

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ConfigPublishAction(kind: .reference, file: file).perform(program)
    }
}
