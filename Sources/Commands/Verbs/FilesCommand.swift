internal import ArgumentParser
internal import Jobs

/// The command `dunnage files`.
struct FilesCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "Lists the files and folders of a version.",
        usage: """
            dunnage files <job> [<pattern> ...] --config <file> [--version <n|time>] [<options>]
            dunnage files [<pattern> ...] --store <url> [--passphrase-file <file>] [--version <n|time>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp(
            "The job, with --config; then patterns or paths, of which one has to match.", valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var version: VersionOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try FilesAction(
            store: try StoreChoice(store, words: words, patterns: .optional), version: version.text, json: json
        ).perform(program)
    }
}
