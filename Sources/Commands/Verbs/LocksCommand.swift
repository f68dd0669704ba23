internal import ArgumentParser
internal import Destinations
internal import Jobs

/// The command `dunnage locks`.
struct LocksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "locks", abstract: "Shows and sets the locks that keep objects of a store from being deleted.",
        subcommands: [ShowCommand.self, SetCommand.self])

    /// The command `dunnage locks show`.
    struct ShowCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Says how many objects are locked, and until when.",
            usage: """
                dunnage locks show <job> --config <file> [--json]
                dunnage locks show --store <url> [--option <name=value> ...] [--json]
                """)

        @Argument(
            help: ArgumentHelp("The job, with --config.", valueName: "job"),
            completion: .custom(JobNameCompletion.names))
        var words: [String] = []

        @OptionGroup
        var place: ObjectPlace

        @Flag(help: "Print JSON, with every object.")
        var json = false

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            try LocksShowAction(store: try place.choice(words, .none), options: place.option, json: json)
                .perform(program)
        }
    }

    /// The command `dunnage locks set`.
    struct SetCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Locks all that the versions need, or prolongs its locks; never shortens one.",
            usage: """
                dunnage locks set <job> --for <span> --config <file> [--mode <mode>] [--dry-run] [--yes]
                dunnage locks set --store <url> [--passphrase-file <file>] --for <span> [--mode <mode>] [--yes]
                """)

        @Argument(
            help: ArgumentHelp("The job, with --config.", valueName: "job"),
            completion: .custom(JobNameCompletion.names))
        var words: [String] = []

        @OptionGroup
        var store: StoreOptions

        @Option(
            name: .customLong("for"),
            help: ArgumentHelp("How long the locks last from now on: 30d, 6mo, 1y.", valueName: "span"))
        var span: String

        @Option(
            help: ArgumentHelp(
                "governance, which those with a special permission may lift, or compliance, which nobody can.",
                valueName: "mode"))
        var mode: LockModeArgument = .governance

        @OptionGroup
        var confirmation: ConfirmationOptions

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            try LocksSetAction(
                store: try StoreChoice(store, words: words, patterns: .none), span: span, mode: mode.mode,
                isConfirmed: confirmation.yes, isDryRun: confirmation.dryRun, json: json
            ).perform(program)
        }
    }
}

/// How firm a lock is, as a word of the command line.
enum LockModeArgument: String, CaseIterable, ExpressibleByArgument {
    case governance
    case compliance

    var mode: LockMode { self == .governance ? .governance : .compliance }
}
