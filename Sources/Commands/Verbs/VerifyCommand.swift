internal import ArgumentParser
internal import Jobs

/// The command `dunnage verify`.
struct VerifyCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks every object and block of a store against its hash.",
        usage: """
            dunnage verify <job> --config <file> [<options>]
            dunnage verify --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(help: ArgumentHelp("The job, with --config.", valueName: "job"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try VerifyAction(
            store: try StoreChoice(store, words: words, patterns: .none), json: json,
            failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
