internal import Configuration
internal import JSON
internal import Jobs

/// Prints the effective values of a configuration.
struct ConfigShowAction {
    let input: ConfigurationInput
    let showsOrigins: Bool
    let format: ConfigShowCommand.Format

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let loaded = try program.load(input)
        loaded.log(to: program.setting(loaded.configuration.runtime).logger)
        try program.tell {
            switch format {
            case .yaml:
                try program.console.print("# \(loaded.configuration.hash)")
                try program.console.write(Array(loaded.effective.yaml(origins: showsOrigins).utf8))
            case .json:
                try program.console.print(
                    document: "configuration",
                    [
                        .init("hash", .string(loaded.configuration.hash)),
                        .init("overrides", .array(loaded.configuration.overrides.map { .string($0) })),
                        .init("values", loaded.effective.json(origins: showsOrigins)),
                    ])
            }
        }
        return .success
    }
}
