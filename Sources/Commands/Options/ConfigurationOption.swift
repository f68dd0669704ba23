internal import ArgumentParser

/// The configuration that a command follows.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")], help: ArgumentHelp("The configuration.", valueName: "file"))
    var path: String
}
