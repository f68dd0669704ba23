internal import ArgumentParser
internal import Destinations
internal import Jobs

/// The command `dunnage destination test`.
struct DestinationTestCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Tries out everything that a backup does at a destination.",
        usage: """
            dunnage destination test [<name> ...] --config <file> [<options>]
            dunnage destination test --store <url> [--option <name=value> ...] [<options>]
            """,
        discussion: """
            A small object is stored, read, tried to be replaced, and deleted again. Returns 0 when backups can work, \
            77 when a right or a credential is missing, 75 when the destination does not answer, and 1 otherwise.
            """)

    @Argument(
        help: ArgumentHelp("Destinations of the configuration, all unless told; or URLs.", valueName: "name"),
        completion: .custom(DestinationNameCompletion.names))
    var names: [String] = []

    @OptionGroup
    var destinations: DestinationOptions

    @OptionGroup
    var url: DestinationURLOption

    @Flag(help: "Store and delete an object; this is what happens unless told otherwise.")
    var write = false

    @Flag(help: "Only list and ask; store nothing.")
    var readOnly = false

    @Flag(help: "Make a folder, bucket or container that is missing.")
    var create = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if write, readOnly { throw ValidationError("'--write' and '--read-only' exclude each other.") }
        if create, readOnly { throw ValidationError("'--create' and '--read-only' exclude each other.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try DestinationTestAction(
            names: names + [url.url].compactMap { $0 }, options: destinations, level: readOnly ? .reading : .writing,
            creates: create, json: json, failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
