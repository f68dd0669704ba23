internal import ArgumentParser
internal import Destinations
internal import Jobs

/// The command `dunnage thaw`.
struct ThawCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "thaw", abstract: "Orders what a restore needs from an archive such as Glacier.",
        usage: """
            dunnage thaw <job> [<path> ...] --config <file> [--version <n|time>] [--days <n>] [--speed <speed>] [--wait]
            dunnage thaw [<path> ...] --store <url> [--passphrase-file <file>] [<options>]
            """,
        discussion: """
            Says first how much has to be ordered. Only what a restore of these files reads is ordered, and nothing \
            twice: run it again to see how far it has come. Returns 0 when everything can be read, and 75 when it has \
            not come yet.
            """)

    @Argument(
        help: ArgumentHelp(
            "The job, with --config; then what is to be restored, everything unless told.", valueName: "word"),
        completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var version: VersionOption

    @Option(help: ArgumentHelp("How many days it is to stay readable.", valueName: "n"))
    var days = 7

    @Option(
        help: ArgumentHelp(
            "How soon it is to come: bulk (12 to 48 hours, the cheapest), standard (3 to 12 hours), expedited (minutes).",
            valueName: "speed"))
    var speed: ThawSpeedArgument = .standard

    @Flag(help: "Wait until everything can be read.")
    var wait = false

    @Flag(help: "Say what would be ordered, and order nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard (1...365).contains(days) else { throw ValidationError("'--days' goes from 1 to 365.") }
        if wait, dryRun { throw ValidationError("'--wait' and '--dry-run' exclude each other.") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ThawAction(
            store: try StoreChoice(store, words: words, patterns: .optional), version: version.text, days: days,
            speed: speed.speed, waits: wait, isDryRun: dryRun, json: json
        ).perform(program)
    }
}

/// How soon something is to come, as a word of the command line.
enum ThawSpeedArgument: String, CaseIterable, ExpressibleByArgument {
    case bulk
    case standard
    case expedited

    var speed: ThawSpeed {
        switch self {
        case .bulk: .bulk
        case .standard: .standard
        case .expedited: .expedited
        }
    }
}
