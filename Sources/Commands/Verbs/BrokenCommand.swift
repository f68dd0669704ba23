internal import ArgumentParser
internal import Jobs

/// The command `dunnage broken`.
struct BrokenCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "broken", abstract: "Lists the files of each version that cannot be restored, or takes them out.",
        usage: """
            dunnage broken <job> --config <file> [--verify] [--purge [--dry-run] [--yes]] [<options>]
            dunnage broken --store <url> [--passphrase-file <file>] [--verify] [--purge [--dry-run] [--yes]] [<options>]
            """,
        discussion:
            "With --purge versions are written again without these files; one of which no file is left is deleted.",
        aliases: ["list-broken-files"])

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Fetch and check every object first.")
    var verify = false

    @Flag(help: "Take the files out of their versions.")
    var purge = false

    @OptionGroup
    var confirmation: ConfirmationOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try BrokenAction(
            store: try StoreChoice(store, words: words, patterns: .none), verifies: verify, purges: purge,
            isConfirmed: confirmation.yes, isDryRun: confirmation.dryRun, json: json
        ).perform(program)
    }
}
