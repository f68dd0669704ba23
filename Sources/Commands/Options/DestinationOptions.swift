internal import ArgumentParser
internal import Configuration

/// Which destinations a command is about: those of a configuration, or some that no configuration speaks of.
struct DestinationOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration: a file, a folder of *.yaml files, or - for standard input; may be repeated.",
            valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String] = []

    @OptionGroup
    var settings: SettingOption

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
    var configuration: ConfigurationInput? {
        paths.isEmpty ? nil : ConfigurationInput(paths, settings: settings.values)
    }

    func validate() throws {
        if configuration == nil {
            if !settings.values.isEmpty { throw ValidationError("'--set' goes with '--config'.") }
            if job != nil { throw ValidationError("'--job' goes with '--config'.") }
        }
    }
}

/// The destination of a command that may be named by its URL alone.
struct DestinationURLOption: ParsableArguments {
    @Option(
        name: [.customLong("store"), .customLong("url")],
        help: ArgumentHelp("A destination without a configuration: file:///srv/backup", valueName: "url"))
    var url: String?
}
