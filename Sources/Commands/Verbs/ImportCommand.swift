internal import ArgumentParser
internal import Importing
internal import Jobs
internal import Schedule

/// The command `dunnage import`.
struct ImportCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a configuration of another program's job descriptions.",
        discussion: """
            Prints the configuration, and on standard error what could not be carried over and which secrets have to \
            be created. Jobs of Duplicati go on with their stores; those of other programs begin new ones.
            """)

    @Argument(
        help: ArgumentHelp(
            "What the files are: duplicati, duplicati-command, offen, borgmatic or resticprofile.", valueName: "kind"))
    var kind: ImportKindArgument

    @Argument(help: ArgumentHelp("The files.", valueName: "file"), completion: .file())
    var files: [String]

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The file to write the configuration to; it must not be there yet.", valueName: "file"),
        completion: .file())
    var outputFile: String?

    @OptionGroup
    var passphrase: PassphraseOptions

    @Option(help: ArgumentHelp("The name of the first job, instead of its own.", valueName: "job"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "The time zone that Duplicati's schedules went by, such as Europe/Berlin.", valueName: "zone"))
    var timezone: String?

    @Option(
        help: ArgumentHelp(
            "The folder to write the secrets to, a file each, for this user alone; files that are there stay.",
            valueName: "folder"), completion: .directory)
    var secretsFolder: String?

    @Flag(help: "Print one JSON object, with the configuration unless it is written to a file.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if let timezone, Zone(named: timezone) == nil { throw ValidationError("'\(timezone)' is not a time zone.") }
        if let name, name.isEmpty { throw ValidationError("'--name' is empty.") }
        if secretsFolder == "" || outputFile == "" { throw ValidationError("A path is empty.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ImportAction(
            kind: kind.kind, files: files, target: outputFile, passphrase: passphrase, name: name, timezone: timezone,
            secretsFolder: secretsFolder, json: json
        ).perform(program)
    }
}
