internal import ArgumentParser
internal import Engine
internal import Jobs
internal import Support

/// The command `dunnage restore`.
struct RestoreCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restores a version, or files and folders of it.",
        usage: """
            dunnage restore <job> [<path> ...] --config <file> [--target <folder>] [<options>]
            dunnage restore [<path> ...] --store <url> [--passphrase-file <file>] [--target <folder>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config; then what to restore, everything unless told.", valueName: "word"))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @OptionGroup
    var version: VersionOption

    @Option(
        help: ArgumentHelp("Where to restore to; the place that the files come from unless told.", valueName: "folder"))
    var target: String?

    @Option(help: ArgumentHelp("Restore all parts of a job that is divided into so many.", valueName: "number"))
    var shards: Int?

    @Option(
        help: ArgumentHelp(
            "What happens to files that are there and differ: never, newer or always replaced, or patch.",
            valueName: "rule"))
    var overwrite: OverwriteArgument = .never

    @Flag(help: "Let runs of zeros in files take no space.")
    var sparse = false

    @Flag(help: "Write into files that are there only what differs; the same as --overwrite patch.")
    var patch = false

    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if patch, overwrite != .never, overwrite != .patch {
            throw ValidationError("'--patch' and '--overwrite \(overwrite.rawValue)' exclude each other.")
        }
        if let shards {
            guard store.configuration != nil else { throw ValidationError("'--shards' goes with '--config'.") }
            guard store.shard == nil, !json else {
                throw ValidationError("'--shards' goes with neither '--shard' nor '--json'.")
            }
            guard Shard(0, of: shards) != nil else {
                throw ValidationError("'--shards' is a number of 1 to \(Shard.most).")
            }
        }
        if target?.isEmpty == true { throw ValidationError("'--target' is empty. \(StoreChoice.hint)") }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let choice = try StoreChoice(store, words: words, patterns: .optional)
        guard let shards else { return try restore(choice, program) }
        var codes: [Jobs.ExitCode] = []
        var missed: EngineError?
        for shard in (0..<shards).compactMap({ Shard($0, of: shards) }) {
            if !output.isQuiet { try program.tell { try program.console.print("Part \(shard):") } }
            do {
                codes.append(try restore(choice.restricted(to: shard), program))
            } catch let error as EngineError {
                // What is asked for may be in other parts alone.
                guard case .nothingSelected = error else { throw error }
                if !output.isQuiet { try program.tell { try program.console.print("nothing of it") } }
                missed = error
            }
        }
        if codes.isEmpty, let missed { throw missed }
        return .worst(of: codes)
    }

    private func restore(_ choice: StoreChoice, _ program: Program) throws -> Jobs.ExitCode {
        try RestoreAction(
            store: choice, version: version.text, target: target, overwrite: patch ? .patch : overwrite,
            sparse: sparse, isDryRun: dryRun, json: json, failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
