internal import ArgumentParser
internal import Jobs

/// The command `dunnage delete`.
struct DeleteCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes versions; what only they need goes with the next compaction.",
        usage: """
            dunnage delete <job> <version> ... --config <file> [--dry-run] [--yes] [<options>]
            dunnage delete <version> ... --store <url> [--passphrase-file <file>] [--dry-run] [--yes] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then versions: numbers or times.", valueName: "version"),
        completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var confirmation: ConfirmationOptions

    @Flag(help: "Delete the last complete version too.")
    var allowLast = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try DeleteAction(
            store: try StoreChoice(store, words: words, patterns: .required), allowsLast: allowLast,
            isConfirmed: confirmation.yes, isDryRun: confirmation.dryRun, json: json
        ).perform(program)
    }
}
