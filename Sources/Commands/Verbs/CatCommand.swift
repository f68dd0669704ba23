internal import ArgumentParser
internal import Jobs

/// The command `dunnage cat`.
struct CatCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat", abstract: "Writes the content of a file to standard output.",
        usage: """
            dunnage cat <job> <path> --config <file> [--version <n|time>] [<options>]
            dunnage cat <path> --store <url> [--passphrase-file <file>] [--version <n|time>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then the complete path of the file.", valueName: "word"),
        completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var version: VersionOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let choice = try StoreChoice(store, words: words, patterns: .required)
        guard choice.patterns.count == 1 else {
            throw Failure(.configuration, .usage, "Name one file. `dunnage export --tar` writes several.")
        }
        return try CatAction(store: choice, path: choice.patterns[0], version: version.text).perform(program)
    }
}
