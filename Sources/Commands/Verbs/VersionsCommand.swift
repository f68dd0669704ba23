internal import ArgumentParser
internal import Jobs

/// The command `dunnage versions`.
struct VersionsCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "Lists the versions in a store, the newest first.",
        usage: """
            dunnage versions <job> --config <file> [<options>]
            dunnage versions --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try VersionsAction(store: try StoreChoice(store, words: words, patterns: .none), json: json).perform(program)
    }
}
