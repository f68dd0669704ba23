internal import ArgumentParser
internal import Jobs

/// The command `dunnage validate`.
struct ValidateCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Checks a configuration and prints everything that is wrong with it.",
        discussion: "Touches no source, no destination and no secret. Returns 78 when the file cannot be used.")

    @Argument(help: "The configuration.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ValidateAction(file: file, json: json).perform(program)
    }
}
