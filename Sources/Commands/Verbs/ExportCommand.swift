internal import ArgumentParser
internal import Jobs

/// The command `dunnage export`.
struct ExportCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a version, or files and folders of it, as a tar archive.",
        usage: """
            dunnage export <job> [<path> ...] --tar <file> --config <file> [--version <n|time>] [<options>]
            dunnage export [<path> ...] --tar <file> --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then what to export, everything unless told.", valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var version: VersionOption

    @Option(help: ArgumentHelp("Where the archive goes: a new file, or - for standard output.", valueName: "file"))
    var tar: String

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if tar.isEmpty { throw ValidationError("'--tar' is empty. \(StoreChoice.hint)") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ExportAction(
            store: try StoreChoice(store, words: words, patterns: .optional), version: version.text, target: tar
        ).perform(program)
    }
}
