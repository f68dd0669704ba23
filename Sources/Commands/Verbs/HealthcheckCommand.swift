internal import ArgumentParser
internal import Configuration
internal import Jobs

/// The command `dunnage healthcheck`.
struct HealthcheckCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Says whether the service of a state folder lives and is ready: 0, or 1.",
        discussion: """
            For HEALTHCHECK of an image and probes that run a command; the service is asked through the socket in its state \
            folder. With --slo it also fails while a job is beyond its rpo, which no restart mends.
            """)

    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration of the service; may be repeated. Without one its state folder is the usual one.",
            valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String] = []

    @OptionGroup
    var settings: SettingOption

    @Option(
        help: ArgumentHelp("The state folder of the service; no configuration is read then.", valueName: "folder"),
        completion: .directory)
    var stateDir: String?

    @Flag(help: "Fail also when the newest good version of a job is older than its rpo.")
    var slo = false

    @OptionGroup(title: "Output options")
    var output: OutputOptions

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let input = paths.isEmpty ? nil : ConfigurationInput(paths, settings: settings.values)
        return try HealthcheckAction(configuration: input, stateFolder: stateDir, looksAtObjectives: slo)
            .perform(program)
    }
}
