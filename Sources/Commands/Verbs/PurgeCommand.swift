internal import ArgumentParser
internal import Jobs

/// The command `dunnage purge`.
struct PurgeCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Takes files and folders out of versions that were made already.",
        usage: """
            dunnage purge <job> <path> ... --config <file> [--version <n|time>] [--dry-run] [--yes] [<options>]
            dunnage purge <path> ... --store <url> [--passphrase-file <file>] [--version <n|time>] [--dry-run] [--yes]
            """,
        discussion: "Their data goes with the next compaction, unless something else needs it.")

    @Argument(
        help: ArgumentHelp("The job, with --config; then paths or patterns.", valueName: "word"),
        completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Option(
        name: .customLong("version"),
        help: ArgumentHelp("The version to take them out of; all of them unless told.", valueName: "n|time"))
    var version: String?

    @OptionGroup
    var confirmation: ConfirmationOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try PurgeAction(
            store: try StoreChoice(store, words: words, patterns: .required), version: version,
            isConfirmed: confirmation.yes, isDryRun: confirmation.dryRun, json: json
        ).perform(program)
    }
}
