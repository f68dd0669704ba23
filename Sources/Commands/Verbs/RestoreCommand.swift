internal import ArgumentParser
internal import Jobs

/// The command `dunnage restore`.
struct RestoreCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restores a version, or files and folders of it.",
        usage: """
            dunnage restore <job> [<path> ...] --config <file> [--target <folder>] [<options>]
            dunnage restore [<path> ...] --store <url> [--passphrase-file <file>] [--target <folder>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then what to restore, everything unless told.", valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var version: VersionOption

    @Option(
        help: ArgumentHelp("Where to restore to; the place that the files come from unless told.", valueName: "folder"))
    var target: String?

    @Option(
        help: ArgumentHelp(
            "What happens to files that are there and differ: never, newer or always replaced, or patch.",
            valueName: "rule"))
    var overwrite: OverwriteArgument = .never

    @Flag(help: "Let runs of zeros in files take no space.")
    var sparse = false

    @Flag(help: "Write into files that are there only what differs; the same as --overwrite patch.")
    var patch = false

    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if patch, overwrite != .never, overwrite != .patch {
            throw ValidationError("'--patch' and '--overwrite \(overwrite.rawValue)' exclude each other.")
        }
        if target?.isEmpty == true { throw ValidationError("'--target' is empty. \(StoreChoice.hint)") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RestoreAction(
            store: try StoreChoice(store, words: words, patterns: .optional), version: version.text, target: target,
            overwrite: patch ? .patch : overwrite, sparse: sparse, isDryRun: dryRun, json: json,
            failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
