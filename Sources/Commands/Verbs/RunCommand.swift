internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage run`.
struct RunCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Backs up the named jobs, or all of them, one after the other.",
        discussion: """
            What could not be read is named and counted as a warning; the run goes on. \
            Of several jobs the worst one decides about the exit code. \
            A service that follows the same configuration is asked to run them, and followed.
            """)

    @Argument(
        help: ArgumentHelp("The jobs to run; all that are enabled unless told.", valueName: "job"),
        completion: .custom(JobNameCompletion.names))
    var jobs: [String] = []

    @Flag(help: "Only what the ledger says is due since the last time, with everything that a schedule says about it.")
    var due = false

    @Flag(help: "All jobs that are enabled, as without any name.")
    var all = false

    @OptionGroup
    var configuration: ConfigurationOption

    @Option(
        help: ArgumentHelp(
            "Back up one part of the job's sources only, to a store of its own: 0/4 to 3/4, for one of four.",
            valueName: "part"))
    var shard: ShardArgument?

    @Flag(help: "Keep nothing on this machine: the catalog comes from the destination, and a copy is left there.")
    var stateless = false

    @Flag(help: "Run in this process, also when a service could.")
    var here = false

    @Flag(help: "Print the reports as JSON.")
    var json = false

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func validate() throws {
        guard [due, all, !jobs.isEmpty].count(where: { $0 }) <= 1 else {
            throw ValidationError("Name jobs, or write --all or --due.")
        }
        guard shard == nil || jobs.count == 1 else {
            throw ValidationError("'--shard' goes with the name of one job.")
        }
        guard !due || !stateless else {
            throw ValidationError("--due needs the ledger of the state folder, which --stateless does without.")
        }
    }

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try RunAction(
            configuration: shard.map { configuration.input.restricted(to: $0.shard) } ?? configuration.input,
            // A service runs whole jobs.
            jobs: jobs, isDue: due, isStateless: stateless, isHere: here || shard != nil, json: json,
            failsOnWarning: warnings.failsOnWarning
        ).perform(program)
    }
}
