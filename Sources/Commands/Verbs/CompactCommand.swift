internal import ArgumentParser
internal import Jobs

/// The command `dunnage compact`.
struct CompactCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Gives back the room of data that no version needs any more.",
        usage: """
            dunnage compact <job> --config <file> [--dry-run] [<options>]
            dunnage compact --store <url> [--passphrase-file <file>] [--volume-size <size>] [--dry-run] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Option(
        help: ArgumentHelp(
            "The size of volumes with --store; the largest one's unless told.", valueName: "size"))
    var volumeSize: String?

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard volumeSize != nil, store.store == nil else { return }
        throw ValidationError("'--volume-size' goes with '--store'; a job has its own.")
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try CompactAction(
            store: try StoreChoice(store, words: words, patterns: .none), volumeSize: volumeSize, isDryRun: dryRun,
            json: json, failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
