internal import ArgumentParser
internal import Jobs

/// The command `dunnage recover`.
struct RecoverCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Saves what can be saved of a damaged store, and lists what is lost.",
        usage: """
            dunnage recover <job> [<path> ...] --config <file> --target <folder> [<options>]
            dunnage recover [<path> ...] --store <url> [--passphrase-file <file>] --target <folder> [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then what to save, everything unless told.", valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var place: ObjectPlace

    @OptionGroup
    var version: VersionOption

    @Option(help: ArgumentHelp("Where to write to, with whole paths below.", valueName: "folder"))
    var target: String

    @Flag(
        help: "Write files that have lost a part, too: with zeros in its place, and '.incomplete' behind their names.")
    var partial = false

    @Flag(help: "Believe lists of files that are not encrypted although other objects are.")
    var acceptPlain = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if target.isEmpty { throw ValidationError("'--target' is empty. \(StoreChoice.hint)") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RecoverAction(
            choice: try place.choice(words, .optional), options: place.option, version: version.text, target: target,
            writesIncomplete: partial, acceptsPlain: acceptPlain, json: json
        ).perform(program)
    }
}
