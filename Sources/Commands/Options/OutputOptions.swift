internal import ArgumentParser
internal import Logging

/// What is shown of a command's work, and how.
struct OutputOptions: ParsableArguments {
    @Flag(name: [.customShort("v"), .customLong("verbose")], help: "Log more: -v steps, -vv every problem.")
    var verbosity: Int

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Log errors only, show no progress and no summary.")
    var isQuiet = false

    @Option(help: ArgumentHelp("How log lines look: text or json.", valueName: "format"))
    var logFormat: LogFormat?

    @Option(help: ArgumentHelp("How progress is shown: auto, plain or none.", valueName: "style"))
    var progress: ProgressStyle?

    @Flag(help: "Use no colours, as the environment's NO_COLOR does.")
    var noColor = false

    func validate() throws {
        if isQuiet, verbosity > 0 { throw ValidationError("'-v' and '-q' contradict each other.") }
    }

    /// The level that the command line asks for, if it does.
    var level: Logger.Level? {
        if isQuiet { return .error }
        switch verbosity {
        case 0: return nil
        case 1: return .info
        case 2: return .debug
        default: return .trace
        }
    }

    /// How progress is shown; not at all for those who want quiet, unless they ask.
    var progressStyle: ProgressStyle { progress ?? (isQuiet ? .none : .auto) }
}
