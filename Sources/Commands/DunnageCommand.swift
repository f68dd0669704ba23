internal import ArgumentParser

/// The program: a group of commands.
struct DunnageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunnage",
        abstract: "Backs up what a YAML file says, in Duplicati's storage format.",
        discussion: """
            Data goes to standard output, logs and progress to standard error. \
            The documentation of every command is in docs/commands.md.
            """,
        subcommands: [
            RunCommand.self, ServeCommand.self, HealthcheckCommand.self, StatusCommand.self, HistoryCommand.self,
            LogsCommand.self,
            ScheduleCommand.self, PauseCommand.self, ResumeCommand.self, ValidateCommand.self, PlanCommand.self,
            ExplainCommand.self, ConfigCommand.self,
            ImportCommand.self, RenderCommand.self, VersionsCommand.self, FilesCommand.self, FindCommand.self,
            DiffCommand.self,
            CatCommand.self, RestoreCommand.self, ExportCommand.self, VerifyCommand.self, RepairCommand.self,
            BrokenCommand.self, PurgeCommand.self, RetentionCommand.self, DeleteCommand.self, HoldCommand.self,
            ReleaseCommand.self, CompactCommand.self, RecoverCommand.self, RecoveryKitCommand.self, UnlockCommand.self,
            StoreCommand.self,
            CryptCommand.self, DestinationCommand.self, LocksCommand.self, ThawCommand.self, SecretsCommand.self,
            ReportCommand.self, AcknowledgeCommand.self, VersionCommand.self,
        ])
}
