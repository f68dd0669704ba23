internal import ArgumentParser
internal import Jobs

/// The command `dunnage config migrate`.
struct ConfigMigrateCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Gives keys that have been renamed their names of today.",
        discussion: "Says what would change unless told to write; comments and all else stay as they are.")

    @Argument(help: "The configuration.")
    var file: String

    @Flag(help: "Write the file.")
    var write = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ConfigMigrateAction(file: file, writes: write).perform(program)
    }
}
