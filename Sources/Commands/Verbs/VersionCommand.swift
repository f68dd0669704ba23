internal import ArgumentParser
internal import JSON
internal import Jobs

/// The command `dunnage version`.
struct VersionCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints the version of the program.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try VersionText(json: json).write(to: program.console)
        return .success
    }
}
