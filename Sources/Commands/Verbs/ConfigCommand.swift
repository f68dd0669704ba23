internal import ArgumentParser

/// The group `dunnage config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Shows what a configuration comes to.", subcommands: [ConfigShowCommand.self])
}
