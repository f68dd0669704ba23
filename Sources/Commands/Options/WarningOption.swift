internal import ArgumentParser

/// Whether warnings count as a failure.
struct WarningOption: ParsableArguments {
    /// What makes the command return a code of its own.
    enum Severity: String, CaseIterable, ExpressibleByArgument {
        case warning
    }

    @Option(help: ArgumentHelp("Return 3 when there were warnings: --fail-on warning", valueName: "severity"))
    var failOn: Severity?

    var failsOnWarning: Bool { failOn == .warning }
}
