internal import ArgumentParser
internal import Jobs

/// The command `dunnage unlock`.
struct UnlockCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Shows who holds the lease on a store, and removes one that has ended.",
        usage: """
            dunnage unlock <job> --config <file> [--force]
            dunnage unlock --store <url> [--passphrase-file <file>] [--force]
            """,
        discussion: """
            A lease that has not ended is only removed with --force: the run that holds it then stops before it \
            makes a version or deletes anything.
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Remove the lease although its holder may be at work.")
    var force = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try UnlockAction(
            store: try StoreChoice(store, words: words, patterns: .none), removesLive: force, json: json
        ).perform(program)
    }
}
