internal import ArgumentParser

/// The group `dunnage config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Formats a configuration, and brings it up to date.",
        subcommands: [ConfigFormatCommand.self, ConfigMigrateCommand.self])
}
