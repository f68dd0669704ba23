internal import ArgumentParser
internal import Jobs

/// The command `dunnage store`.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Lists, fetches, adds and removes single objects of a destination.",
        subcommands: [ListCommand.self, GetCommand.self, PutCommand.self, DeleteCommand.self])

    /// The command `dunnage store list`.
    struct ListCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists all objects with kind and size.",
            usage: """
                dunnage store list <job> --config <file>
                dunnage store list --store <url> [--option <name=value> ...]
                """)

        @Argument(
            help: ArgumentHelp("The job, with --config.", valueName: "job"),
            completion: .custom(JobNameCompletion.names))
        var words: [String] = []

        @OptionGroup
        var place: ObjectPlace

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            try StoreAction(try place.choice(words, .none), place.option).list(json: json, program)
        }
    }

    /// The command `dunnage store get`.
    struct GetCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Fetches an object as it is stored.",
            usage: """
                dunnage store get <job> <name> [<file>] --config <file>
                dunnage store get <name> [<file>] --store <url> [--option <name=value> ...]
                """)

        @Argument(
            help: ArgumentHelp("The job, with --config; the object; the file, '-' for output.", valueName: "word"))
        var words: [String] = []

        @OptionGroup
        var place: ObjectPlace

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            let choice = try place.choice(words, .required)
            return try StoreAction(choice, place.option).get(program)
        }
    }

    /// The command `dunnage store put`.
    struct PutCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Stores a file as an object; never replaces one.",
            usage: """
                dunnage store put <job> <file> [<name>] --config <file>
                dunnage store put <file> [<name>] --store <url> [--option <name=value> ...]
                """)

        @Argument(
            help: ArgumentHelp("The job, with --config; the file; the object's name.", valueName: "word"),
            completion: .custom(JobNameCompletion.names))
        var words: [String] = []

        @OptionGroup
        var place: ObjectPlace

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            let choice = try place.choice(words, .required)
            return try StoreAction(choice, place.option).put(program)
        }
    }

    /// The command `dunnage store delete`.
    struct DeleteCommand: ProgramCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Removes objects for good; what needs them is lost.",
            usage: """
                dunnage store delete <job> <name> ... --config <file> --yes
                dunnage store delete <name> ... --store <url> --yes [--option <name=value> ...]
                """)

        @Argument(
            help: ArgumentHelp("The job, with --config; then the objects.", valueName: "word"),
            completion: .custom(JobNameCompletion.names))
        var words: [String] = []

        @OptionGroup
        var place: ObjectPlace

        @Flag(help: "Yes, remove them.")
        var yes = false

        @OptionGroup(title: "Output options")
        var output: OutputOptions

        func perform(_ program: Program) throws -> Jobs.ExitCode {
            let choice = try place.choice(words, .required)
            return try StoreAction(choice, place.option).delete(isConfirmed: yes, program)
        }
    }
}

/// Which destination, and what it needs.
struct ObjectPlace: ParsableArguments {
    @OptionGroup
    var store: StoreOptions

    @Option(
        name: .customLong("option"),
        help: ArgumentHelp("What the destination of --store needs beyond its URL.", valueName: "name=value"))
    var option: [String] = []

    func choice(_ words: [String], _ patterns: StoreChoice.Patterns) throws -> StoreChoice {
        try StoreChoice(store, words: words, patterns: patterns)
    }
}
