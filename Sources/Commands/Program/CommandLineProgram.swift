internal import ArgumentParser
internal import Configuration
internal import Jobs
internal import Logging
internal import Secrets

/// The program behind the executable.
public enum CommandLineProgram {
    /// Becomes the user that a container of our image is to run as; to be called before any other thread is started.
    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - error: the descriptor for what is wrong.
    /// - Returns: what the process returns when that cannot be; nil to go on.
    public static func becomeUser(environment: [String: String], error: Int32 = 2) -> Int32? {
        do throws(Failure) {
            try ContainerUser(environment: environment).adopt()
            return nil
        } catch let failure {
            Console(error: error, environment: environment).log("Error: \(failure.message)")
            return failure.exitCode.rawValue
        }
    }

    /// Reads the arguments and does what they ask for.
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: the variables of the process.
    ///   - output: the descriptor for data.
    ///   - error: the descriptor for log and progress.
    ///   - trapsSignals: whether SIGINT and SIGTERM stop the command in good order; only for the main thread of a
    ///     process that has no other threads yet.
    /// - Returns: what the process returns.
    public static func run(
        _ arguments: [String], environment: [String: String], output: Int32 = 1,
        error: Int32 = 2, trapsSignals: Bool = false
    ) -> Int32 {
        var console = Console(output: output, error: error, environment: environment)
        let command: any ProgramCommand
        do {
            var parsed = try DunnageCommand.parseAsRoot(arguments)
            guard let found = parsed as? any ProgramCommand else {
                guard !arguments.isEmpty else {
                    // In a script this is a forgotten variable, not a question.
                    console.log(DunnageCommand.helpMessage().trimmingNewlines)
                    return Jobs.ExitCode.usage.rawValue
                }
                // ArgumentParser's own commands, such as `help`, know what to say.
                try parsed.run()
                return Jobs.ExitCode.success.rawValue
            }
            command = found
        } catch {
            return explain(error, on: console)
        }
        if command.output.noColor {
            console = Console(output: output, error: error, environment: environment, allowsColor: false)
        }
        let interruption = Interruption()
        let program = Program(
            console: console, environment: environment, output: command.output, interruption: interruption,
            signals: SignalBox(), mask: SecretMask())
        if trapsSignals {
            let logger = program.setting().logger
            let isService = command is ServeCommand
            SignalTrap.set(interruption, patience: isService ? 2 : 1, box: isService ? program.signals : nil) { _ in
                logger.notice(
                    isService
                        ? "stopping; a second signal abandons what the runs have in hand"
                        : "stopping; a second signal ends the program at once")
            }
        }
        return carryOut(command, program).rawValue
    }

    private static func carryOut(_ command: any ProgramCommand, _ program: Program) -> Jobs.ExitCode {
        do {
            let code = try command.perform(program)
            try program.tell {}
            return code
        } catch is Console.OutputClosed {
            // Only those commands get here that do nothing but tell.
            return .success
        } catch let error as InvalidConfiguration {
            explain(error, program)
            return .configuration
        } catch {
            try? program.console.flush()
            let failure = Failure(error, stoppedBy: program.interruption.signal)
            if failure.exitCode == .usage {
                program.console.log("Error: \(failure.message)")
            } else {
                let name = type(of: command)._commandName
                program.setting().logger.error(
                    "\(name) \(failure.code == .stopped ? "stopped" : "failed")",
                    metadata: ["code": "\(failure.code.rawValue)", "error": "\(failure.message)"])
            }
            return failure.exitCode
        }
    }

    /// Everything that is wrong with a configuration: as a compiler would say it, or as log lines for machines.
    private static func explain(_ error: InvalidConfiguration, _ program: Program) {
        guard program.output.logFormat == .json else {
            program.console.log(program.mask.apply(to: error.render().trimmingNewlines))
            return
        }
        let logger = program.setting().logger
        for diagnostic in error.diagnostics {
            logger.log(
                level: diagnostic.severity == .error ? .error : .warning, "\(diagnostic.message)",
                metadata: diagnostic.logged)
        }
    }

    /// Help on standard output, or what is wrong with the arguments on standard error.
    private static func explain(_ error: any Error, on console: Console) -> Int32 {
        let text = DunnageCommand.fullMessage(for: error)
        guard DunnageCommand.exitCode(for: error) == .success else {
            console.log(text.trimmingNewlines)
            return Jobs.ExitCode.usage.rawValue
        }
        try? console.print(text)
        try? console.flush()
        return Jobs.ExitCode.success.rawValue
    }
}

extension String {
    /// The text without line breaks at its end.
    fileprivate var trimmingNewlines: String {
        String(self[..<(lastIndex { !$0.isNewline }.map { index(after: $0) } ?? startIndex)])
    }
}
