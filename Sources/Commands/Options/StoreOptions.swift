internal import ArgumentParser
internal import Configuration

/// Which store a command reads: a job's, or one that no configuration speaks of.
struct StoreOptions: ParsableArguments {
    @OptionGroup
    var given: OptionalConfiguration

    @Option(help: ArgumentHelp("The job's destination to read; its first one unless told.", valueName: "name"))
    var destination: String?

    @Option(
        help: ArgumentHelp("Which part of a divided job's versions: 0/4 to 3/4, for one of four.", valueName: "part"))
    var shard: ShardArgument?

    @Option(help: ArgumentHelp("A store without a configuration: file:///srv/backup", valueName: "url"))
    var store: String?

    @Option(help: ArgumentHelp("The file with the passphrase of --store.", valueName: "file"))
    var passphraseFile: String?

    /// The files and what is set on top, when a configuration is named.
    var configuration: ConfigurationInput? {
        given.input.map { ConfigurationInput($0.paths, settings: $0.settings, shard: shard?.shard) }
    }

    func validate() throws {
        switch (configuration, store) {
        case (nil, nil): throw ValidationError("Name the store: a job with '--config <file>', or '--store <url>'.")
        case (_?, _?): throw ValidationError("'--config' and '--store' exclude each other.")
        case (_?, nil):
            if passphraseFile != nil {
                throw ValidationError("'--passphrase-file' goes with '--store'; a job has its own passphrase.")
            }
        case (nil, _?):
            if destination != nil { throw ValidationError("'--destination' goes with '--config'.") }
            if shard != nil { throw ValidationError("'--shard' goes with '--config'.") }
        }
    }
}
