internal import ArgumentParser
internal import Jobs

/// The command `dunnage healthcheck`.
struct HealthcheckCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Says whether the service of a state folder lives and is ready: 0, or 1.",
        discussion: """
            For HEALTHCHECK of an image and probes that run a command; the service is asked through the socket in its state \
            folder, the usual one unless --config or --state-dir leads to another. With --slo it also fails while a job is beyond its rpo, which no restart mends.
            """)

    @OptionGroup
    var given: OptionalConfiguration

    @Option(
        help: ArgumentHelp("The state folder of the service; no configuration is read then.", valueName: "folder"),
        completion: .directory)
    var stateDir: String?

    @Flag(help: "Fail also when the newest good version of a job is older than its rpo.")
    var slo = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try HealthcheckAction(configuration: given.input, stateFolder: stateDir, looksAtObjectives: slo)
            .perform(program)
    }
}
