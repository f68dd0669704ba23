internal import ArgumentParser
internal import Jobs

/// The command `dunnage repair`.
struct RepairCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Sets right what is missing or damaged in a store, as far as anybody has it.",
        usage: """
            dunnage repair <job> --config <file> [--verify] [--dry-run] [<options>]
            dunnage repair --store <url> [--passphrase-file <file>] [--verify] [--dry-run] [<options>]
            """,
        discussion: """
            Lost data is looked for in other objects and in the files that it came from; index volumes and filelists \
            are written again. Everything new is sent and listed before anything damaged is removed.
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Fetch and check every object first; otherwise only what its size or its absence betrays is repaired.")
    var verify = false

    @Flag(help: "Remove damaged objects even if something in them was found nowhere else.")
    var removeDamaged = false

    @Flag(help: "Do not look for lost data in files of this machine.")
    var noLocalFiles = false

    @OptionGroup
    var confirmation: ConfirmationOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RepairAction(
            store: try StoreChoice(store, words: words, patterns: .none), verifies: verify,
            removesDamaged: removeDamaged, readsSources: !noLocalFiles, isConfirmed: confirmation.yes,
            isDryRun: confirmation.dryRun, json: json
        ).perform(program)
    }
}
