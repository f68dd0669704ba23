internal import Configuration
internal import Engine
internal import Jobs
internal import Logging
internal import Secrets
internal import Support

/// One invocation of the program: what its command needs from the outside.
struct Program: Sendable {
    /// Where data, log and progress go.
    let console: Console
    /// The variables of the process.
    let environment: [String: String]
    /// What the command line says about output.
    let output: OutputOptions
    /// What stops it.
    let interruption: Interruption
    /// Signals that ask a service for something.
    let signals: SignalBox
    /// Hides secrets in everything that is written.
    let mask: SecretMask

    /// Reads a configuration.
    /// - Throws: `InvalidConfiguration` with everything that is wrong with it.
    func load(_ input: ConfigurationInput) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(input, environment: environment)
    }

    /// Writes a result; that nobody reads it any more does not change what the command has done and returns.
    func tell(_ body: () throws -> Void) throws {
        do {
            try body()
            try console.flush()
        } catch is Console.OutputClosed {}
    }

    /// The setting with which a command writes, which the command line has the last word on.
    func setting(_ runtime: RuntimeSettings? = nil) -> OutputSetting {
        let zone = runtime?.timezone.flatMap { TimeZoneClock(named: $0) } ?? TimeZoneClock()
        let format = output.logFormat ?? runtime?.logFormat.flatMap { LogFormat(rawValue: $0.rawValue) } ?? .text
        // A terminal shows results and progress; a log file should tell the steps as well.
        let usual: Logger.Level = format == .text && console.hasErrorTerminal ? .warning : .info
        let level = output.level ?? runtime?.logLevel.map { Self.level($0) } ?? usual
        let handler = MaskingLogHandler(
            ConsoleLogHandler(console: console, format: format, zone: zone, logLevel: level), mask: mask)
        let logger = Logger(label: "dunnage") { _ in handler }
        // Whoever wants progress gets it, whatever the level of the log.
        let display = ProgressDisplay(output.progressStyle, on: console) { [console] text in
            let line = LogLine(time: .now(), level: .notice, message: text, metadata: [:])
            switch format {
            case .text: console.log(line.text(in: zone, color: console.usesColor))
            case .json: console.log(line.json())
            }
        }
        return OutputSetting(logger: logger, zone: zone, progress: display)
    }

    private static func level(_ level: RuntimeSettings.LogLevel) -> Logger.Level {
        switch level {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }
}

/// How a command writes what it has to say.
struct OutputSetting: Sendable {
    /// For events.
    let logger: Logger
    /// For times that people read.
    let zone: TimeZoneClock
    /// For how far it has come.
    let progress: ProgressDisplay
}
