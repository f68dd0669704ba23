internal import ArgumentParser
internal import Jobs

/// The command `dunnage diff`.
struct DiffCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Says what is different between two versions.",
        usage: """
            dunnage diff <job> <version> <version> [<pattern> ...] --config <file> [<options>]
            dunnage diff <version> <version> [<pattern> ...] --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp(
            "The job, with --config; then two versions; then patterns or paths, of which one has to match.",
            valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Return 1 when there is a difference.")
    var exitCode = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let choice = try StoreChoice(store, words: words, patterns: .optional)
        guard choice.patterns.count >= 2 else {
            throw Failure(.configuration, .usage, "Name two versions: their numbers, 0 for the newest, or times.")
        }
        return try DiffAction(
            store: choice, old: choice.patterns[0], new: choice.patterns[1],
            patterns: Array(choice.patterns.dropFirst(2)), returnsDifference: exitCode, json: json
        ).perform(program)
    }
}
