internal import ArgumentParser
internal import Jobs

/// The command `dunnage explain`.
struct ExplainCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says what a code means, with an example and what to do about it.",
        discussion:
            "Codes of diagnostics (E021, W101), of problems and failures in reports (W202, E304), exit codes (78).")

    @Argument(help: "The code.")
    var code: String

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ExplainCodeAction(code: code).perform(program)
    }
}
