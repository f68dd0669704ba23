internal import ArgumentParser
internal import Engine
internal import Jobs

/// The command `dunnage destination sync`.
struct DestinationSyncCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Copies a store to another destination, verified, and goes on where it ended.",
        usage: """
            dunnage destination sync <from> <to> --config <file> [<options>]
            dunnage destination sync <url> <url> [--option <name=value> ...] [<options>]
            """,
        discussion: """
            Objects go over as they are, data before what refers to it, so that the copy is a whole store whenever it \
            is broken off. Nothing is ever replaced.
            """)

    @Argument(
        help: ArgumentHelp("Where the store is: a destination of the configuration, or a URL.", valueName: "from"),
        completion: .custom(DestinationNameCompletion.names))
    var source: String

    @Argument(
        help: ArgumentHelp("Where it is copied to: a destination, or a URL.", valueName: "to"),
        completion: .custom(DestinationNameCompletion.names))
    var target: String

    @OptionGroup
    var destinations: DestinationOptions

    @Option(
        help: ArgumentHelp("The file with the store's passphrase, which encrypts the leases.", valueName: "file"))
    var passphraseFile: String?

    @Flag(help: "Read what is there already at both ends, and compare it.")
    var checksum = false

    @Flag(help: "At the end, delete what the store does not have any more; never more than half without --force.")
    var delete = false

    @Flag(help: "Copy although another store is there, and delete more than half.")
    var force = false

    @Option(help: ArgumentHelp("How many objects are copied at once.", valueName: "n"))
    var parallel = 4

    @Flag(help: "Say what would be done, and change nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard (1...64).contains(parallel) else { throw ValidationError("'--parallel' goes from 1 to 64.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        var options = SyncOptions()
        options.comparesContent = checksum
        options.deletes = delete
        options.isForced = force
        options.threads = parallel
        return try DestinationSyncAction(
            source: source, target: target, destinations: destinations, passphraseFile: passphraseFile,
            options: options, isDryRun: dryRun, json: json
        ).perform(program)
    }
}
