internal import ArgumentParser
internal import Jobs

/// The command `dunnage find`.
struct FindCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Says in which versions there are files that match.",
        usage: """
            dunnage find <job> <pattern> ... --config <file> [<options>]
            dunnage find <pattern> ... --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp(
            "The job, with --config; then patterns or paths, of which one has to match.", valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try FindAction(store: try StoreChoice(store, words: words, patterns: .required), json: json).perform(program)
    }
}
