internal import ArgumentParser

/// The command `dunnage destination`.
struct DestinationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destination", abstract: "Tries destinations out, judges them, and copies stores between them.",
        subcommands: [DestinationTestCommand.self, DestinationDoctorCommand.self, DestinationSyncCommand.self])
}
