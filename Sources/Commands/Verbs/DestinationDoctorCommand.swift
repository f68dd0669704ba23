internal import ArgumentParser
internal import Jobs

/// The command `dunnage destination doctor`.
struct DestinationDoctorCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says whether the credentials of a destination could destroy what is stored.",
        usage: """
            dunnage destination doctor [<name> ...] --config <file> [<options>]
            dunnage destination doctor --store <url> [--option <name=value> ...] [<options>]
            """,
        discussion: """
            A small object is stored and deleted again; nothing else is touched. Returns 0 when no way was found to \
            destroy the history, and 3 when one is open.
            """)

    @Argument(
        help: ArgumentHelp("Destinations of the configuration, all unless told; or URLs.", valueName: "name"),
        completion: .custom(DestinationNameCompletion.names))
    var names: [String] = []

    @OptionGroup
    var destinations: DestinationOptions

    @OptionGroup
    var url: DestinationURLOption

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try DestinationDoctorAction(
            names: names + [url.url].compactMap { $0 }, options: destinations, json: json
        ).perform(program)
    }
}
