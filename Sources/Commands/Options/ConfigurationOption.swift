internal import ArgumentParser
internal import Configuration

/// The configuration that a command follows.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration: a file, a folder of *.yaml files, or - for standard input; may be repeated.",
            valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    @OptionGroup
    var settings: SettingOption

    /// The files and what is set on top.
    var input: ConfigurationInput { ConfigurationInput(paths, settings: settings.values) }
}

/// The configuration of a command that can do without one.
struct OptionalConfiguration: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration: a file, a folder of *.yaml files, or - for standard input; may be repeated.",
            valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String] = []

    @OptionGroup
    var settings: SettingOption

    /// The files and what is set on top, when a configuration is named.
    var input: ConfigurationInput? { paths.isEmpty ? nil : ConfigurationInput(paths, settings: settings.values) }

    func validate() throws {
        if paths.isEmpty, !settings.values.isEmpty { throw ValidationError("'--set' goes with '--config'.") }
    }
}

/// What the command line sets in the configuration.
struct SettingOption: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set a value: --set jobs.photos.options.compression=fast; may be repeated.", valueName: "path=value"),
        completion: .custom(SettingCompletion.candidates))
    var values: [String] = []
}
