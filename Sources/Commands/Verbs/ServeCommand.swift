internal import ArgumentParser
internal import Jobs

/// The command `dunnage serve`.
struct ServeCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs jobs when their schedules say so, until it is asked to end.",
        discussion: """
            SIGTERM ends it in good order within runtime.shutdown_grace; a second signal abandons what the runs have in \
            hand. SIGHUP reads the configuration again, SIGUSR1 writes the state of every job to the log. \
            What is missed while it does not run is made up for, or reported, when it begins again.
            """)

    @OptionGroup
    var configuration: ConfigurationOption

    @OptionGroup
    var warnings: WarningOption

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        try ServeAction(configuration: configuration.input, failsOnWarning: warnings.failsOnWarning).perform(program)
    }
}
