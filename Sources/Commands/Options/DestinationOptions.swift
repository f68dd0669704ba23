internal import ArgumentParser
internal import Configuration

/// Which destinations a command is about: those of a configuration, or some that no configuration speaks of.
struct DestinationOptions: ParsableArguments {
    @OptionGroup
    var given: OptionalConfiguration

    @Option(
        help: ArgumentHelp(
            "The job that is meant, where a destination's URL has '{job}' in it; all that use it unless told.",
            valueName: "name"),
        completion: .custom(JobNameCompletion.names))
    var job: String?

    @Option(
        name: .customLong("option"),
        help: ArgumentHelp("What the destination of a URL needs beyond it.", valueName: "name=value"))
    var option: [String] = []

    /// The files and what is set on top, when a configuration is named.
    var configuration: ConfigurationInput? { given.input }

    func validate() throws {
        if configuration == nil, job != nil { throw ValidationError("'--job' goes with '--config'.") }
    }
}

/// The destination of a command that may be named by its URL alone.
struct DestinationURLOption: ParsableArguments {
    @Option(
        name: [.customLong("store"), .customLong("url")],
        help: ArgumentHelp("A destination without a configuration: file:///srv/backup", valueName: "url"))
    var url: String?
}
