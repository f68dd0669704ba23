internal import ArgumentParser
internal import Jobs

/// The command `dunnage hold`.
struct HoldCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keeps versions from being deleted by anything, until they are released.",
        usage: """
            dunnage hold <job> <version> ... --config <file> [--reason <text>] [<options>]
            dunnage hold <version> ... --store <url> [--passphrase-file <file>] [--reason <text>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then versions: numbers or times.", valueName: "version"),
        completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Option(help: ArgumentHelp("Why, for those who wonder later.", valueName: "text"))
    var reason: String?

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try HoldAction(
            store: try StoreChoice(store, words: words, patterns: .required), change: .hold(reason: reason)
        ).perform(program)
    }
}

/// The command `dunnage release`.
struct ReleaseCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Lets versions be deleted again that were held.",
        usage: """
            dunnage release <job> <version> ... --config <file> [<options>]
            dunnage release <version> ... --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then versions: numbers or times.", valueName: "version"),
        completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try HoldAction(
            store: try StoreChoice(store, words: words, patterns: .required), change: .release
        ).perform(program)
    }
}
