internal import ArgumentParser

/// Which version a command reads.
struct VersionOption: ParsableArguments {
    @Option(
        name: .customLong("version"),
        help: ArgumentHelp(
            "0 is the newest, 1 the one before it; a time means the newest that is not later.", valueName: "n|time"))
    var text: String?
}
