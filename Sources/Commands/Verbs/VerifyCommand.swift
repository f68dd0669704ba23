internal import ArgumentParser
internal import Engine
internal import Jobs

/// The command `dunnage verify`.
struct VerifyCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks a store: every object and block against its hash, or less.",
        usage: """
            dunnage verify <job> --config <file> [--full | --sample <n|p%> | --listing] [<options>]
            dunnage verify --store <url> [--passphrase-file <file>] [<options>]
            """)

    @Argument(
        help: ArgumentHelp("The job, with --config.", valueName: "job"), completion: .custom(JobNameCompletion.names))
    var words: [String] = []

    @OptionGroup
    var store: StoreOptions

    @Flag(help: "Read every object and check every block; this is what happens unless told otherwise.")
    var full = false

    @Flag(help: "Only list the objects and compare their sizes; read none.")
    var listing = false

    @Option(
        help: ArgumentHelp(
            "Read that many sets of a filelist, an index and a data volume, or that share: those whose turn it is.",
            valueName: "n|p%"))
    var sample: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        if [full, listing, sample != nil].count(where: { $0 }) > 1 {
            throw ValidationError("'--full', '--listing' and '--sample' exclude each other.")
        }
        if let sample, VerifySample(sample) == nil {
            throw ValidationError("'--sample \(sample)' is neither a number of sets, as in 3, nor a share, as in 5%.")
        }
    }

    private var level: VerifyLevel {
        if let sample = sample.flatMap({ VerifySample($0) }) { return .sample(sample) }
        return listing ? .listing : .full
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try VerifyAction(
            store: try StoreChoice(store, words: words, patterns: .none), level: level, json: json,
            failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
